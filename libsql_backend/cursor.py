from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from libsql_backend import sql_text, values
from libsql_backend.exceptions import ProgrammingError
from libsql_backend.hrana import Params, Result, Statement
from libsql_backend.session import Session

# Rows that executemany sends in one request: enough to make the round trip cheap, few enough for memory.
EXECUTEMANY_ROWS = 1000


class Cursor:
    """The way to run statements and read their rows; all rows of a result are in memory."""

    arraysize = 1

    def __init__(self, connection: Session) -> None:
        self.connection = connection
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self._rows: Iterator[tuple[Any, ...]] = iter(())
        self._closed = False

    def execute(self, sql: str, params: Params = ()) -> Cursor:
        self._require_open()
        keyword = sql_text.keyword(sql)
        self._take(Result([], []), keyword)
        if not self.connection.control(keyword, sql):
            [result] = self.connection.run([Statement(sql, params)])
            self._take(result, keyword)
        return self

    def executemany(self, sql: str, rows: Iterable[Params]) -> Cursor:
        """Run `sql` for each of `rows`: all of them or, outside a transaction of the caller's, none."""
        self._require_open()
        connection = self.connection
        is_own = connection.autocommit and not connection.in_transaction
        if is_own:
            connection.begin()
        try:
            total = self._run_chunks(sql, iter(rows))
            if is_own:
                connection.commit()
        except BaseException:
            if is_own:
                connection.rollback()
            raise
        self._take(Result([], []), "")
        self.rowcount = total
        return self

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self, None)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        return list(islice(self, self.arraysize if size is None else size))

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self)

    def __iter__(self) -> Cursor:
        return self

    def __next__(self) -> tuple[Any, ...]:
        self._require_open()
        return next(self._rows)

    def close(self) -> None:
        self._closed = True
        self._rows = iter(())

    def setinputsizes(self, sizes: object) -> None:
        """Nothing: PEP 249 asks for the method, SQLite sizes by itself."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Nothing: PEP 249 asks for the method, SQLite sizes by itself."""

    def _run_chunks(self, sql: str, rows: Iterator[Params]) -> int:
        total = 0
        while chunk := [Statement(sql, row) for row in islice(rows, EXECUTEMANY_ROWS)]:
            total += sum(result.affected_row_count for result in self.connection.run(chunk))
        return total

    def _take(self, result: Result, keyword: str) -> None:
        self.description = None
        if result.cols:
            self.description = tuple((col["name"], *(None,) * 6) for col in result.cols)
        has_count = keyword in sql_text.WRITES or (keyword == "WITH" and not result.cols)
        self.rowcount = result.affected_row_count if has_count else -1
        if result.last_insert_rowid is not None:
            self.lastrowid = int(result.last_insert_rowid)
        self._rows = iter(self._decoded(result))

    def _decoded(self, result: Result) -> list[tuple[Any, ...]]:
        """The rows as Python values; decoded at once, so that a bad value is execute()'s error."""
        decode = values.decode
        rows = [tuple([decode(value) for value in row]) for row in result.rows]
        converters = self._converters(result)
        if not any(converters):
            return rows
        return [
            tuple(
                convert(value) if convert and value is not None else value
                for convert, value in zip(converters, row, strict=True)
            )
            for row in rows
        ]

    def _converters(self, result: Result) -> list[Callable[[Any], Any] | None]:
        known = self.connection.converters
        return [known.get(sql_text.base_type(col.get("decltype"))) for col in result.cols]

    def _require_open(self) -> None:
        if self._closed:
            raise ProgrammingError("Cannot operate on a closed cursor.")
        self.connection.require_open()
