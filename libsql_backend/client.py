"""The dbshell command, which a libSQL server does not support."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from django.core.management import CommandError
from django.db.backends.base.client import BaseDatabaseClient


class DatabaseClient(BaseDatabaseClient):
    executable_name = "turso"

    def runshell(self, parameters: Iterable[str]) -> NoReturn:
        raise CommandError(
            "dbshell does not support libSQL servers. For a Turso database, run: turso db shell NAME"
        )
