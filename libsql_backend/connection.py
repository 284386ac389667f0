"""A connection to a libSQL server, as PEP 249 has it."""

from __future__ import annotations

from libsql_backend.cursor import Cursor
from libsql_backend.hrana import Params
from libsql_backend.session import Session


class Connection(Session):
    """A session that hands out cursors; see `dbapi.connect`."""

    def cursor(self) -> Cursor:
        self.require_open()
        return Cursor(self)

    def execute(self, sql: str, params: Params = ()) -> Cursor:
        return self.cursor().execute(sql, params)
