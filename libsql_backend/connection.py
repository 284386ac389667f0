"""PEP 249 connections."""

from __future__ import annotations

from libsql_backend.cursor import Cursor
from libsql_backend.hrana import Params
from libsql_backend.session import Session


class Connection(Session):
    """A session that creates cursors. Open one with `dbapi.connect`."""

    def cursor(self) -> Cursor:
        self.require_open()
        return Cursor(self)

    def execute(self, sql: str, params: Params = ()) -> Cursor:
        return self.cursor().execute(sql, params)
