from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from django.core.management import CommandError
from django.db.backends.base.client import BaseDatabaseClient


class DatabaseClient(BaseDatabaseClient):
    executable_name = "turso"

    def runshell(self, parameters: Iterable[str]) -> NoReturn:
        raise CommandError(
            "dbshell cannot open a libSQL server, since SQLite's shell reads files only. "
            "For a database of Turso run: turso db shell NAME"
        )
