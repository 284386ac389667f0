"""A DB-API 2.0 driver (PEP 249) for libSQL servers.

An autocommit statement is one round trip. BEGIN, SAVEPOINT and RELEASE wait and ride with the next
statement, and COMMIT closes the stream in the same request, so a transaction costs one round trip a
statement and one for its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from pricing_site.libsql import sql_text, values
from pricing_site.libsql.exceptions import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004  PEP 249 gives the name
)
from pricing_site.libsql.hrana import TOO_LARGE, Outcome, Result, Statement, Stream
from pricing_site.libsql.transport import Transport

__all__ = [
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]

apilevel = "2.0"
threadsafety = 1  # threads share the module, not a connection
paramstyle = "qmark"
Binary = bytes

# A declared column type (the part before any blank or bracket, in lower case) to what makes a value of it.
Converters = Mapping[str, Callable[[Any], Any]]
Params = Sequence[object] | Mapping[str, object]

# Rows that executemany sends in one request: enough to make the round trip cheap, few enough for memory.
EXECUTEMANY_ROWS = 1000


def connect(
    url: str,
    auth_token: str = "",
    *,
    timeout: float = 20.0,
    autocommit: bool = False,
    converters: Converters | None = None,
) -> Connection:
    """A connection to the server at `url`; nothing is sent before the first statement.

    Args:
        url: http://HOST:PORT or https://HOST.
        auth_token: the server's token, empty where it asks for none.
        timeout: seconds to wait for the network at each step.
        autocommit: False as PEP 249 has it: the first statement that writes begins a transaction.
        converters: what turns text and numbers into richer values, by the column's declared type.
    """
    return Connection(Transport(url, auth_token, timeout), autocommit, converters or {})


class Connection:
    """A connection to a libSQL server; see `connect`."""

    def __init__(self, transport: Transport, autocommit: bool, converters: Converters) -> None:
        self.autocommit = autocommit
        self.foreign_keys = True
        self.converters = converters
        self.in_transaction = False
        self.closed = False
        self._transport = transport
        self._stream = Stream(transport)
        self._waiting: list[Statement] = []
        self._lost: Error | None = None

    def cursor(self) -> Cursor:
        self._require_open()
        return Cursor(self)

    def execute(self, sql: str, params: Params = ()) -> Cursor:
        return self.cursor().execute(sql, params)

    def begin(self, sql: str = "BEGIN IMMEDIATE") -> None:
        """Begin a transaction with the next statement that is sent."""
        self._require_open()
        if self.in_transaction:
            raise OperationalError("cannot start a transaction within a transaction")
        self.in_transaction = True
        self._waiting = [self._foreign_keys_pragma(), Statement(sql)]

    def commit(self) -> None:
        """Make the transaction lasting.

        Raises:
            OperationalError: the transaction was lost and nothing of it was kept, or the answer to COMMIT
                did not come and it is not known whether it was.
        """
        self._require_open()
        if self._lost:
            raise self._lost_transaction()
        statements = [*self._waiting, Statement("COMMIT")]
        is_needed = self._stream.is_open
        self._end_transaction()
        if is_needed:
            outcome = self._send_commit(statements)
            if outcome.error:
                raise outcome.error

    def rollback(self) -> None:
        """Drop the transaction, on the server too if it still has it."""
        self._require_open()
        is_needed = self._stream.is_open
        self._end_transaction()
        if is_needed:
            try:
                self._stream.batch([Statement("ROLLBACK")], close=True)
            except OperationalError:
                self._stream.forget()  # the server rolls a forgotten stream back

    def close(self) -> None:
        if self.closed:
            return
        self.rollback()
        self._transport.close()
        self.closed = True

    def run(self, statements: Sequence[Statement]) -> list[Result]:
        """Run `statements` in one round trip and stop at the first that fails.

        Raises:
            Error: of the statement that failed, or of the transaction that is no longer there.
        """
        self._require_open()
        if self._lost:
            raise self._lost_transaction()
        is_read = len(statements) == 1 and sql_text.is_read(statements[0].sql)
        if not (self.autocommit or self.in_transaction or is_read):
            self.begin()
        opening = self._opening(is_read)
        outcome = self._send([*opening, *statements], repeatable=is_read)
        if outcome.error:
            return [self._in_full(statements, outcome.error)]
        return outcome.results[len(opening) :]

    def control(self, keyword: str, sql: str) -> bool:
        """Carry out a statement that begins, ends or marks a transaction; False if `sql` is none."""
        if keyword == "BEGIN":
            self.begin(sql)
        elif keyword in ("COMMIT", "END"):
            self.commit()
        elif keyword == "ROLLBACK" and not sql_text.is_rollback_to(sql):
            self.rollback()
        elif keyword in ("SAVEPOINT", "RELEASE") and not self._lost:
            self._wait(sql)
        else:
            return False
        return True

    def _wait(self, sql: str) -> None:
        if not self.in_transaction:
            raise NotSupportedError("A savepoint needs a transaction on a libSQL server: BEGIN first.")
        self._waiting.append(Statement(sql))

    def _opening(self, is_read: bool) -> list[Statement]:
        """What has to run ahead of a statement: each stream is a new connection to the server."""
        if self.in_transaction:
            return self._waiting
        return [] if is_read else [self._foreign_keys_pragma()]

    def _foreign_keys_pragma(self) -> Statement:
        return Statement(f"PRAGMA foreign_keys = {'ON' if self.foreign_keys else 'OFF'}")

    def _send(self, statements: list[Statement], *, repeatable: bool) -> Outcome:
        try:
            outcome = self._stream.batch(statements, close=not self.in_transaction, repeatable=repeatable)
        except (OperationalError, InterfaceError) as error:
            if self.in_transaction:
                self._lost = error
            raise
        self._waiting = []
        if self.in_transaction and outcome.is_autocommit:
            # SQLite itself rolled back (disk full, a timeout): from here on each statement would
            # commit alone, so none may follow.
            self._lost = outcome.error or OperationalError("the server ended the transaction")
            outcome.error = self._lost
        return outcome

    def _send_commit(self, statements: list[Statement]) -> Outcome:
        try:
            return self._stream.batch(statements, close=True)
        except OperationalError as error:
            raise OperationalError(
                f"No answer to COMMIT: it is not known whether the transaction was kept. {error}", error.code
            ) from error

    def _in_full(self, statements: Sequence[Statement], error: Error) -> Result:
        """The result that was too large for one answer, fetched anew if nothing can be written twice."""
        if error.code != TOO_LARGE or len(statements) > 1 or not self._stream.is_readonly(statements[0].sql):
            raise error
        try:
            return self._stream.cursor(statements[0])
        finally:
            if not self.in_transaction and self._stream.is_open:
                self._stream.batch([], close=True)

    def _end_transaction(self) -> None:
        self.in_transaction = False
        self._waiting = []
        self._lost = None

    def _lost_transaction(self) -> OperationalError:
        error = OperationalError(f"The transaction was lost and nothing of it was kept: {self._lost}")
        error.__cause__ = self._lost
        return error

    def _require_open(self) -> None:
        if self.closed:
            raise ProgrammingError("Cannot operate on a closed connection.")


class Cursor:
    """The way to run statements and read their rows; all rows of a result are in memory."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
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
        self.connection._require_open()  # noqa: SLF001  a cursor is part of its connection
