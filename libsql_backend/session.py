"""A session with a libSQL server: its statements, transactions and errors.

An autocommit statement is one round trip. BEGIN, SAVEPOINT and RELEASE are sent together with the next
statement, and the request for COMMIT also closes the stream. A transaction therefore takes one round trip for
each statement and one for its end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from libsql_backend import sql_text
from libsql_backend.exceptions import (
    Error,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    RequestRefusedError,
)
from libsql_backend.hrana import TOO_LARGE, BatchResult, Statement, StatementResult, Stream
from libsql_backend.transport import Transport

# Functions by declared column type, in lower case and without the part from the first space or bracket.
Converters = Mapping[str, Callable[[Any], Any]]


class Session:
    """The statements and transactions of one connection."""

    def __init__(self, transport: Transport, autocommit: bool, converters: Converters) -> None:
        self.autocommit = autocommit
        self.foreign_keys = True
        self.converters = converters
        self.in_transaction = False
        self.closed = False
        self._transport = transport
        self._stream = Stream(transport)
        self._pending: list[Statement] = []
        self._savepoints: list[str] = []
        self._lost_by: Error | None = None

    def begin(self, sql: str = "BEGIN IMMEDIATE") -> None:
        """Begin a transaction when the next statement is sent."""
        self.require_open()
        if self.in_transaction:
            raise OperationalError("cannot start a transaction within a transaction")
        self.in_transaction = True
        self._pending = [self._foreign_keys_pragma(), Statement(sql)]

    def commit(self) -> None:
        """Commit the transaction.

        Raises:
            OperationalError: the transaction was lost and nothing was committed, or there was no response to
                COMMIT and the transaction may or may not have been committed.
        """
        self.require_open()
        if self._lost_by:
            raise _lost_transaction(self._lost_by) from self._lost_by
        pending, stream_is_open = self._pending, self._stream.is_open
        self._reset_transaction()
        if stream_is_open:
            result = self._send_commit(pending)
            if result.error:
                raise result.error

    def rollback(self) -> None:
        """Roll back the transaction, on the server too if it still has it."""
        self.require_open()
        stream_is_open = self._stream.is_open
        self._reset_transaction()
        if stream_is_open:
            # If this fails, the server rolls back when the stream expires.
            with suppress(OperationalError, InterfaceError):
                self._stream.batch([Statement("ROLLBACK")])

    def close(self) -> None:
        if self.closed:
            return
        self.rollback()
        self._transport.close()
        self.closed = True

    def run(self, statements: Sequence[Statement]) -> list[StatementResult]:
        """Run `statements` in one round trip, up to the first that fails.

        Raises:
            Error: a statement failed, or the transaction was lost.
        """
        self.require_open()
        if self._lost_by:
            raise _lost_transaction(self._lost_by) from self._lost_by
        is_read = len(statements) == 1 and sql_text.is_read(statements[0].sql)
        if not self.in_transaction and sql_text.sets_pragma(statements[0].sql):
            raise NotSupportedError(
                "Setting a PRAGMA outside a transaction has no effect on a libSQL server: run BEGIN first."
            )
        if not (self.autocommit or self.in_transaction or is_read):
            self.begin()
        try:
            return self._run(statements, is_read=is_read)
        except (OperationalError, InterfaceError) as error:
            # Only a failed request leaves an open transaction without a stream.
            if self.in_transaction and not self._stream.is_open:
                self._lost_by = self._lost_by or error
            raise

    def _run(self, statements: Sequence[Statement], *, is_read: bool) -> list[StatementResult]:
        if self.in_transaction:
            result = self._run_in_transaction(statements)
        else:
            setup = [] if is_read else [self._foreign_keys_pragma()]
            result = self._stream.batch(statements, setup=setup, idempotent=is_read)
        if result.error:
            return [self._fetch_large_result(statements, result.error)]
        return result.results

    def control_transaction(self, keyword: str, sql: str) -> bool:
        """Run a transaction control statement; False if `sql` is not one or must be sent to the server."""
        match keyword:
            case "BEGIN":
                self.begin(sql)
            case "COMMIT" | "END":
                self.commit()
            case "ROLLBACK" if not sql_text.is_rollback_to(sql):
                self.rollback()
            case "ROLLBACK" | "SAVEPOINT" | "RELEASE" if not self._lost_by:
                return self._control_savepoint(keyword, sql)
            case _:
                return False
        return True

    def _control_savepoint(self, keyword: str, sql: str) -> bool:
        """Queue SAVEPOINT or RELEASE for the next request; False if the statement must be sent now."""
        if not self.in_transaction:
            if self.autocommit:
                raise NotSupportedError(
                    "A savepoint needs a transaction on a libSQL server: run BEGIN first."
                )
            self.begin()
        name = sql_text.savepoint_name(sql)
        is_known = name in self._savepoints
        if keyword != "SAVEPOINT" and is_known:
            # RELEASE removes the savepoint, ROLLBACK TO keeps it, and both remove those nested in it.
            del self._savepoints[self._savepoints.index(name) + (keyword == "ROLLBACK") :]
        if keyword == "SAVEPOINT":
            self._savepoints.append(name)
        elif keyword == "ROLLBACK" or not is_known:
            return False
        self._pending.append(Statement(sql))
        return True

    def _foreign_keys_pragma(self) -> Statement:
        return Statement(f"PRAGMA foreign_keys = {'ON' if self.foreign_keys else 'OFF'}")

    def _run_in_transaction(self, statements: Sequence[Statement]) -> BatchResult:
        result = self._stream.transact(statements, setup=self._pending)
        self._pending = []
        if result.is_autocommit:
            # BEGIN failed, or SQLite rolled back by itself (a full disk, a lock given to another writer).
            self._lost_by = result.error or OperationalError("the server ended the transaction")
            result.error = self._lost_by
        return result

    def _send_commit(self, pending: Sequence[Statement]) -> BatchResult:
        try:
            return self._stream.batch([*pending, Statement("COMMIT")])
        except RequestRefusedError as error:
            raise _lost_transaction(error) from error
        except (OperationalError, InterfaceError) as error:
            raise OperationalError(
                f"No response to COMMIT: the transaction may or may not have been committed. {error}",
                error.code,
            ) from error

    def _fetch_large_result(self, statements: Sequence[Statement], error: Error) -> StatementResult:
        """Rerun a statement with a cursor because its result was too large, if it only reads."""
        if error.code != TOO_LARGE:
            raise error
        [statement] = statements
        try:
            if not self._stream.is_readonly(statement.sql):
                raise OperationalError("The statement was executed, but its result is too large.", TOO_LARGE)
            return self._stream.cursor(statement)
        finally:
            if not self.in_transaction and self._stream.is_open:
                self._stream.batch([])

    def _reset_transaction(self) -> None:
        self.in_transaction = False
        self._pending = []
        self._savepoints = []
        self._lost_by = None

    def require_open(self) -> None:
        if self.closed:
            raise ProgrammingError("Cannot operate on a closed connection.")


def _lost_transaction(cause: Error) -> OperationalError:
    return OperationalError(f"The transaction was lost and nothing was committed: {cause}", cause.code)
