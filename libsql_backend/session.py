"""A session with a libSQL server: its transactions and what becomes of them when something fails.

An autocommit statement is one round trip. BEGIN, SAVEPOINT and RELEASE wait and ride with the next
statement, and COMMIT closes the stream in the same request, so a transaction costs one round trip a
statement and one for its end.
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
from libsql_backend.hrana import TOO_LARGE, Outcome, Result, Statement, Stream
from libsql_backend.transport import Transport

# A declared column type (the part before any blank or bracket, in lower case) to what makes a value of it.
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
        self._waiting: list[Statement] = []
        self._savepoints: list[str] = []
        self._lost: Error | None = None

    def begin(self, sql: str = "BEGIN IMMEDIATE") -> None:
        """Begin a transaction with the next statement that is sent."""
        self.require_open()
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
        self.require_open()
        if self._lost:
            raise _lost_transaction(self._lost) from self._lost
        waiting, is_needed = self._waiting, self._stream.is_open
        self._end_transaction()
        if is_needed:
            outcome = self._send_commit(waiting)
            if outcome.error:
                raise outcome.error

    def rollback(self) -> None:
        """Drop the transaction, on the server too if it still has it."""
        self.require_open()
        is_needed = self._stream.is_open
        self._end_transaction()
        if is_needed:
            # Where this fails, the server rolls back by itself: nobody carries the stream on.
            with suppress(OperationalError, InterfaceError):
                self._stream.batch([Statement("ROLLBACK")])

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
        self.require_open()
        if self._lost:
            raise _lost_transaction(self._lost) from self._lost
        is_read = len(statements) == 1 and sql_text.is_read(statements[0].sql)
        if not self.in_transaction and sql_text.sets_pragma(statements[0].sql):
            raise NotSupportedError("A PRAGMA outside a transaction would set nothing on a libSQL server.")
        if not (self.autocommit or self.in_transaction or is_read):
            self.begin()
        try:
            return self._run(statements, is_read=is_read)
        except (OperationalError, InterfaceError) as error:
            # Only a failed request leaves a transaction that was begun without its stream.
            if self.in_transaction and not self._stream.is_open:
                self._lost = self._lost or error
            raise

    def _run(self, statements: Sequence[Statement], *, is_read: bool) -> list[Result]:
        if self.in_transaction:
            outcome = self._transact(statements)
        else:
            opening = [] if is_read else [self._foreign_keys_pragma()]
            outcome = self._stream.batch(statements, opening=opening, repeatable=is_read)
        if outcome.error:
            return [self._in_full(statements, outcome.error)]
        return outcome.results

    def control(self, keyword: str, sql: str) -> bool:
        """Carry out a statement that begins, ends or marks a transaction; False if it is for the server."""
        match keyword:
            case "BEGIN":
                self.begin(sql)
            case "COMMIT" | "END":
                self.commit()
            case "ROLLBACK" if not sql_text.is_rollback_to(sql):
                self.rollback()
            case "ROLLBACK" | "SAVEPOINT" | "RELEASE" if not self._lost:
                return self._mark(keyword, sql)
            case _:
                return False
        return True

    def _mark(self, keyword: str, sql: str) -> bool:
        """Let SAVEPOINT and RELEASE wait for the next statement; False for what cannot wait."""
        if not self.in_transaction:
            if self.autocommit:
                raise NotSupportedError("A savepoint needs a transaction on a libSQL server: BEGIN first.")
            self.begin()
        name = sql_text.savepoint_name(sql)
        is_known = name in self._savepoints
        if keyword != "SAVEPOINT" and is_known:
            # ROLLBACK TO leaves the savepoint, RELEASE takes it away; both drop those within it.
            del self._savepoints[self._savepoints.index(name) + (keyword == "ROLLBACK") :]
        if keyword == "SAVEPOINT":
            self._savepoints.append(name)
        elif keyword == "ROLLBACK" or not is_known:
            return False
        self._waiting.append(Statement(sql))
        return True

    def _foreign_keys_pragma(self) -> Statement:
        return Statement(f"PRAGMA foreign_keys = {'ON' if self.foreign_keys else 'OFF'}")

    def _transact(self, statements: Sequence[Statement]) -> Outcome:
        outcome = self._stream.transact(statements, opening=self._waiting)
        self._waiting = []
        if outcome.is_autocommit:
            # BEGIN failed, or SQLite itself rolled back (a full disk, another writer's turn).
            self._lost = outcome.error or OperationalError("the server ended the transaction")
            outcome.error = self._lost
        return outcome

    def _send_commit(self, waiting: Sequence[Statement]) -> Outcome:
        try:
            return self._stream.batch([*waiting, Statement("COMMIT")])
        except RequestRefusedError as error:
            raise _lost_transaction(error) from error
        except (OperationalError, InterfaceError) as error:
            raise OperationalError(
                f"No answer to COMMIT: it is not known whether the transaction was kept. {error}", error.code
            ) from error

    def _in_full(self, statements: Sequence[Statement], error: Error) -> Result:
        """The result that was too large for one answer, fetched anew if nothing can be written twice."""
        if error.code != TOO_LARGE:
            raise error
        [statement] = statements
        try:
            if not self._stream.is_readonly(statement.sql):
                raise OperationalError("The statement was carried out; its result is too large.", TOO_LARGE)
            return self._stream.cursor(statement)
        finally:
            if not self.in_transaction and self._stream.is_open:
                self._stream.batch([])

    def _end_transaction(self) -> None:
        self.in_transaction = False
        self._waiting = []
        self._savepoints = []
        self._lost = None

    def require_open(self) -> None:
        if self.closed:
            raise ProgrammingError("Cannot operate on a closed connection.")


def _lost_transaction(cause: Error) -> OperationalError:
    return OperationalError(f"The transaction was lost and nothing of it was kept: {cause}", cause.code)
