"""Hrana 3 over HTTP: the wire protocol of libSQL servers.

A stream is a connection on the server. A request that closes the stream it opened is one round trip and
leaves nothing behind; a transaction keeps its stream open, and every answer brings the baton that the next
request must show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from libsql_backend import values
from libsql_backend.exceptions import (
    Error,
    InterfaceError,
    OperationalError,
    RequestRefusedError,
    from_server,
)
from libsql_backend.transport import Response, Transport

HTTP_OK = 200
_CLIENT_ERRORS = range(400, 500)
_REFUSALS = {
    401: "The libSQL server refuses the token (401 Unauthorized)",
    403: "The token does not allow this (403 Forbidden)",
    429: "The libSQL server has too many open streams (429)",
}
TOO_LARGE = "RESPONSE_TOO_LARGE"
_IN_TRANSACTION = {"type": "not", "cond": {"type": "is_autocommit"}}


Params = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    params: Params = ()

    def encoded(self) -> dict[str, Any]:
        if isinstance(self.params, Mapping):
            named = [{"name": name, "value": values.encode(v)} for name, v in self.params.items()]
            return {"sql": self.sql, "named_args": named}
        return {"sql": self.sql, "args": [values.encode(value) for value in self.params]}


@dataclass(slots=True)
class Result:
    """What one statement gave; `rows` are still the server's values."""

    cols: list[dict[str, Any]]
    rows: list[list[values.HranaValue]]
    affected_row_count: int = 0
    last_insert_rowid: str | None = None


@dataclass(slots=True)
class Outcome:
    """What a batch gave: a result for each statement up to the first that failed, and that failure.

    `is_autocommit` says that the stream is in no transaction.
    """

    results: list[Result] = field(default_factory=list)
    error: Error | None = None
    is_autocommit: bool = True


class Stream:
    """A stream on the server, opened by the first request and carried on by its baton."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._baton: str | None = None
        self._base_url: str | None = None

    @property
    def is_open(self) -> bool:
        return self._baton is not None

    def forget(self) -> None:
        """Leave the stream to the server, which rolls it back when it expires."""
        self._baton = self._base_url = None

    def batch(
        self, statements: Sequence[Statement], *, opening: Sequence[Statement] = (), repeatable: bool = False
    ) -> Outcome:
        """Run `statements` on a stream of their own, which is closed: one round trip in all.

        Args:
            statements: run in order; none after one that failed.
            opening: what runs before them.
            repeatable: running them twice is as good as once, so a broken connection is tried again.

        Raises:
            OperationalError: the server could not be reached or refused the request as a whole.
        """
        requests = [_batch(opening), _batch(statements), {"type": "close"}]
        try:
            return _outcome(self._pipeline(requests, repeatable)[1])
        finally:
            self.forget()

    def transact(self, statements: Sequence[Statement], *, opening: Sequence[Statement] = ()) -> Outcome:
        """Run `statements` in the transaction that the stream holds or that `opening` begins.

        The server runs them only within a transaction: if BEGIN fails, or the server has ended the
        transaction, none of them commits alone.

        Raises:
            OperationalError: as for `batch`.
        """
        requests = [_batch(opening), _batch(statements, _IN_TRANSACTION), {"type": "get_autocommit"}]
        opened, answer, state = self._pipeline(requests, repeatable=False)
        outcome = _outcome(opened)
        if not outcome.error:
            outcome = _outcome(answer)
        outcome.is_autocommit = bool(state["response"]["is_autocommit"])
        return outcome

    def is_readonly(self, sql: str) -> bool:
        """Whether `sql` leaves the database as it is: the server's word, not ours."""
        answers = self._pipeline([{"type": "describe", "sql": sql}], repeatable=True)
        if answers[0]["type"] == "error":
            raise _error(answers[0]["error"])
        return bool(answers[0]["response"]["result"]["is_readonly"])

    def cursor(self, statement: Statement) -> Result:
        """The result of one statement row by row, however large; the stream stays open.

        Raises:
            Error: the statement failed.
        """
        message = {"batch": _batch([statement])["batch"]}
        answer = self._post("/v3/cursor", message, repeatable=False)
        head, *entries = answer.body.splitlines() or [b""]
        self._carry_on(_parsed(head))
        return _collect(map(_parsed, entries))

    def _pipeline(self, requests: list[dict[str, Any]], repeatable: bool) -> list[dict[str, Any]]:
        answer = _parsed(self._post("/v3/pipeline", {"requests": requests}, repeatable).body)
        self._carry_on(answer)
        results: list[dict[str, Any]] = answer["results"]
        return results

    def _post(self, path: str, message: dict[str, Any], repeatable: bool) -> Response:
        body = json.dumps({"baton": self._baton, **message}, ensure_ascii=False, separators=(",", ":"))
        if self._transport.leave_parent() and self.is_open:
            self.forget()
            raise OperationalError("The transaction is that of the process which this one was forked from.")
        try:
            response = self._transport.post(
                path,
                body.encode(),
                base_url=self._base_url,
                repeatable=repeatable and not self.is_open,
            )
            _require_ok(response)
        except Error:
            self.forget()  # a baton works once
            raise
        return response

    def _carry_on(self, answer: dict[str, Any]) -> None:
        if "baton" not in answer:
            self.forget()
            raise InterfaceError("The answer is not one of a libSQL server: is that its URL?")
        self._baton = answer["baton"]
        self._base_url = answer.get("base_url") or self._base_url


def _batch(statements: Sequence[Statement], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    """A request for `statements`, the first only under `condition`, each other only after the one before."""
    steps: list[dict[str, Any]] = []
    for index, statement in enumerate(statements):
        steps.append({"stmt": statement.encoded(), "condition": condition})
        condition = {"type": "ok", "step": index}
    return {"type": "batch", "batch": {"steps": steps}}


def _outcome(answer: dict[str, Any]) -> Outcome:
    if answer["type"] == "error":
        return Outcome(error=_error(answer["error"]))
    batch = answer["response"]["result"]
    results = [_result(result) for result in batch["step_results"] if result is not None]
    failed = next((error for error in batch["step_errors"] if error is not None), None)
    return Outcome(results, _error(failed) if failed else None)


def _result(answer: dict[str, Any]) -> Result:
    return Result(
        answer["cols"], answer["rows"], answer["affected_row_count"], answer.get("last_insert_rowid")
    )


def _collect(entries: Iterator[dict[str, Any]]) -> Result:
    """The entries of a cursor put together (Hrana 3, "Cursor entries")."""
    result = Result([], [])
    for entry in entries:
        match entry.get("type"):
            case "row":
                result.rows.append(entry["row"])
            case "step_begin":
                result.cols = entry["cols"]
            case "step_error" | "error":
                raise _error(entry["error"])
            case "step_end":
                return result
    raise InterfaceError("The server's answer broke off in the middle of a result.")


def _parsed(body: bytes) -> dict[str, Any]:
    """A JSON object of the server; empty where the body is none, which lacks all that is asked of it."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _error(error: dict[str, Any]) -> Error:
    return from_server(error["message"], error.get("code") or "")


def _require_ok(response: Response) -> None:
    if response.status == HTTP_OK:
        return
    message, code = _words(response.body)
    refusal = _REFUSALS.get(response.status, f"The libSQL server answered HTTP {response.status}")
    kind = RequestRefusedError if response.status in _CLIENT_ERRORS else OperationalError
    raise kind(f"{refusal}: {message}" if message else f"{refusal}.", code)


def _words(body: bytes) -> tuple[str, str]:
    """The message and code in an error's body, which is JSON from the server and anything from a proxy."""
    error = _parsed(body)
    message = error.get("message") or error.get("error") or body.decode(errors="replace").strip()[:200]
    return str(message), str(error.get("code") or "")
