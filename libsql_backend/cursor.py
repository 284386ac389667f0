"""PEP 249 cursors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from libsql_backend import sql_text, values
from libsql_backend.exceptions import ProgrammingError
from libsql_backend.hrana import Params, Statement, StatementResult
from libsql_backend.session import Session

# Rows per request of executemany: enough to make the round trip cheap, few enough to fit in memory.
EXECUTEMANY_BATCH_SIZE = 1000


class Cursor:
    """Runs statements and returns their rows. A result is fetched completely when its statement runs."""

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
        self._set_result(StatementResult([], []), keyword)
        if not self.connection.control_transaction(keyword, sql):
            [result] = self.connection.run([Statement(sql, params)])
            self._set_result(result, keyword)
        return self

    def executemany(self, sql: str, param_list: Iterable[Params]) -> Cursor:
        """Run `sql` once for each entry of `param_list`.

        All of this happens in the caller's transaction or, in autocommit mode, in one of its own.
        """
        self._require_open()
        connection = self.connection
        is_own = connection.autocommit and not connection.in_transaction
        if is_own:
            connection.begin()
        try:
            total = self._run_batches(sql, iter(param_list))
            if is_own:
                connection.commit()
        except BaseException:
            if is_own:
                connection.rollback()
            raise
        self._set_result(StatementResult([], []), "")
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
        """Do nothing: PEP 249 requires the method, but SQLite needs no sizes."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing: PEP 249 requires the method, but SQLite needs no sizes."""

    def _run_batches(self, sql: str, param_list: Iterator[Params]) -> int:
        total = 0
        while batch := [Statement(sql, params) for params in islice(param_list, EXECUTEMANY_BATCH_SIZE)]:
            total += sum(result.affected_row_count for result in self.connection.run(batch))
        return total

    def _set_result(self, result: StatementResult, keyword: str) -> None:
        self.description = None
        if result.cols:
            self.description = tuple((col["name"], *(None,) * 6) for col in result.cols)
        has_count = keyword in sql_text.WRITES or (keyword == "WITH" and not result.cols)
        self.rowcount = result.affected_row_count if has_count else -1
        if result.last_insert_rowid is not None:
            self.lastrowid = int(result.last_insert_rowid)
        self._rows = iter(self._decode_rows(result))

    def _decode_rows(self, result: StatementResult) -> list[tuple[Any, ...]]:
        """The rows as Python values, decoded eagerly so that execute() raises the error for a bad value."""
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

    def _converters(self, result: StatementResult) -> list[Callable[[Any], Any] | None]:
        converters = self.connection.converters
        return [converters.get(sql_text.base_type(col.get("decltype"))) for col in result.cols]

    def _require_open(self) -> None:
        if self._closed:
            raise ProgrammingError("Cannot operate on a closed cursor.")
        self.connection.require_open()
