"""The two kinds of database that a sync writes to, each to be asked beside Django."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from libsql_backend import dbapi
from tests.harness.needs import skip_or_fail
from tests.harness.sqld import Sqld, SqldMissingError

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
def open_database(kind: str, folder: Path) -> Iterator[Database]:
    if kind == "file":
        yield FileDatabase(folder / "catalog.db")
        return
    try:
        server = Sqld(folder)
    except SqldMissingError as error:
        skip_or_fail(str(error))
    with server:
        yield ServerDatabase(server)
