"""The two kinds of database that a sync writes to, each to be asked beside Django."""

from __future__ import annotations

import functools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from libsql_backend import dbapi
from tests.harness import once
from tests.harness.product import copy_database, migrate_and_sync
from tests.harness.sqld import DATA, Sqld

Rows = list[tuple[Any, ...]]
Query = Callable[[str], Rows]
KINDS = ["file", "server"]


class FileDatabase:
    """A SQLite file."""

    def __init__(self, path: Path) -> None:
        self.url = f"file:{path}"
        self._path = path

    def query(self, sql: str) -> Rows:
        with closing(sqlite3.connect(self._path, timeout=20)) as connection, connection:
            return connection.execute(sql).fetchall()


class ServerDatabase:
    """A libsql-server."""

    def __init__(self, server: Sqld) -> None:
        self.url = server.url

    def query(self, sql: str) -> Rows:
        with closing(dbapi.connect(self.url, "", autocommit=True)) as connection:
            return connection.execute(sql).fetchall()


Database = FileDatabase | ServerDatabase


@contextmanager
def open_database(kind: str, folder: Path, source: str = "") -> Iterator[Database]:
    """A database in `folder`, migrated, and synced from `source` if there is one."""
    if kind == "file":
        path = folder / "catalog.db"
        copy_database(path, source)
        yield FileDatabase(path)
    else:
        copy_server(folder, source)
        with Sqld(folder) as server:
            yield ServerDatabase(server)


def copy_server(folder: Path, source: str = "") -> None:
    """Put a server's data in `folder`, made once per test run as copy_database says."""
    name = f"template-server-{source or 'empty'}"
    template = (once.folder or folder) / name
    once.once(name, functools.partial(_make_server, template, source))
    shutil.copytree(template / DATA, folder / DATA)


def _make_server(folder: Path, source: str) -> None:
    folder.mkdir(exist_ok=True)
    with Sqld(folder) as server:
        migrate_and_sync(server.url, source)
