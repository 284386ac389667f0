"""Hrana 3 over HTTP, the protocol of libSQL servers.

A stream is an SQLite connection on the server. A request that opens and closes its stream is one round trip
and leaves no state behind. A transaction keeps its stream open, and each response contains the baton for the
next request.
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
_HTTP_ERRORS = {
    401: "The libSQL server rejected the token (401 Unauthorized)",
    403: "The token does not permit this (403 Forbidden)",
    429: "The libSQL server has too many open streams (429)",
}
TOO_LARGE = "RESPONSE_TOO_LARGE"
_IN_TRANSACTION = {"type": "not", "cond": {"type": "is_autocommit"}}


Params = Sequence[object] | Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Statement:
    sql: str
    params: Params = ()

    def encode(self) -> dict[str, Any]:
        if isinstance(self.params, Mapping):
            named = [{"name": name, "value": values.encode(v)} for name, v in self.params.items()]
            return {"sql": self.sql, "named_args": named}
        return {"sql": self.sql, "args": [values.encode(value) for value in self.params]}


@dataclass(slots=True)
class StatementResult:
    """A StmtResult; the values in `rows` are not decoded yet."""

    cols: list[dict[str, Any]]
    rows: list[list[values.HranaValue]]
    affected_row_count: int = 0
    last_insert_rowid: str | None = None


@dataclass(slots=True)
class BatchResult:
    """The results of a batch up to the first statement that failed, and its error.

    `is_autocommit` is True if the stream is not in a transaction.
    """

    results: list[StatementResult] = field(default_factory=list)
    error: Error | None = None
    is_autocommit: bool = True


class Stream:
    """A stream on the server. The first request opens it, and the baton identifies it in later ones."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._baton: str | None = None
        self._base_url: str | None = None

    @property
    def is_open(self) -> bool:
        return self._baton is not None

    def abandon(self) -> None:
        """Stop using the stream. The server rolls it back when it expires."""
        self._baton = self._base_url = None

    def batch(
        self, statements: Sequence[Statement], *, setup: Sequence[Statement] = (), idempotent: bool = False
    ) -> BatchResult:
        """Run `statements` and close the stream, all in one round trip.

        Args:
            statements: run in order up to the first that fails.
            setup: statements to run before them.
            idempotent: whether the request may be sent again if the connection breaks.

        Raises:
            OperationalError: the server could not be reached or refused the whole request.
        """
        requests = [_batch_request(setup), _batch_request(statements), {"type": "close"}]
        try:
            return _batch_result(self._pipeline(requests, idempotent)[1])
        finally:
            self.abandon()

    def transact(self, statements: Sequence[Statement], *, setup: Sequence[Statement] = ()) -> BatchResult:
        """Run `statements` in the stream's transaction, which `setup` may begin.

        The server runs them only inside a transaction, so nothing is committed by itself if BEGIN fails or
        the server has ended the transaction.

        Raises:
            OperationalError: see `batch`.
        """
        requests = [
            _batch_request(setup),
            _batch_request(statements, _IN_TRANSACTION),
            {"type": "get_autocommit"},
        ]
        setup_result, main_result, state = self._pipeline(requests, idempotent=False)
        result = _batch_result(setup_result)
        if not result.error:
            result = _batch_result(main_result)
        result.is_autocommit = bool(state["response"]["is_autocommit"])
        return result

    def is_readonly(self, sql: str) -> bool:
        """Whether `sql` only reads, according to the server."""
        [described] = self._pipeline([{"type": "describe", "sql": sql}], idempotent=True)
        if described["type"] == "error":
            raise _exception(described["error"])
        return bool(described["response"]["result"]["is_readonly"])

    def cursor(self, statement: Statement) -> StatementResult:
        """Run `statement` with a cursor, which has no size limit, and leave the stream open.

        Raises:
            Error: the statement failed.
        """
        message = {"batch": _batch_request([statement])["batch"]}
        response = self._post("/v3/cursor", message, idempotent=False)
        head, *entries = response.body.splitlines() or [b""]
        self._update_baton(_parse_object(head))
        return _collect_entries(map(_parse_object, entries))

    def _pipeline(self, requests: list[dict[str, Any]], idempotent: bool) -> list[dict[str, Any]]:
        response = _parse_object(self._post("/v3/pipeline", {"requests": requests}, idempotent).body)
        self._update_baton(response)
        results: list[dict[str, Any]] = response["results"]
        return results

    def _post(self, path: str, message: dict[str, Any], idempotent: bool) -> Response:
        body = json.dumps({"baton": self._baton, **message}, ensure_ascii=False, separators=(",", ":"))
        if self._transport.detach_after_fork() and self.is_open:
            self.abandon()
            raise OperationalError(
                "The transaction belongs to the process that this one was forked from: roll back here first."
            )
        try:
            response = self._transport.post(
                path,
                body.encode(),
                base_url=self._base_url,
                idempotent=idempotent and not self.is_open,
            )
            _raise_for_status(response)
        except Error:
            self.abandon()  # a baton can be used only once
            raise
        return response

    def _update_baton(self, response: dict[str, Any]) -> None:
        if "baton" not in response:
            self.abandon()
            raise InterfaceError("The response is not from a libSQL server: check the URL.")
        self._baton = response["baton"]
        self._base_url = response.get("base_url") or self._base_url


def _batch_request(
    statements: Sequence[Statement], condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A batch that runs the first statement on `condition` and each other one if the previous succeeded."""
    steps: list[dict[str, Any]] = []
    for index, statement in enumerate(statements):
        steps.append({"stmt": statement.encode(), "condition": condition})
        condition = {"type": "ok", "step": index}
    return {"type": "batch", "batch": {"steps": steps}}


def _batch_result(stream_result: dict[str, Any]) -> BatchResult:
    if stream_result["type"] == "error":
        return BatchResult(error=_exception(stream_result["error"]))
    batch = stream_result["response"]["result"]
    results = [_statement_result(result) for result in batch["step_results"] if result is not None]
    failed = next((error for error in batch["step_errors"] if error is not None), None)
    return BatchResult(results, _exception(failed) if failed else None)


def _statement_result(result: dict[str, Any]) -> StatementResult:
    return StatementResult(
        result["cols"], result["rows"], result["affected_row_count"], result.get("last_insert_rowid")
    )


def _collect_entries(entries: Iterator[dict[str, Any]]) -> StatementResult:
    """The result in a cursor's entries (Hrana 3 specification, "Cursor entries")."""
    result = StatementResult([], [])
    for entry in entries:
        match entry.get("type"):
            case "row":
                result.rows.append(entry["row"])
            case "step_begin":
                result.cols = entry["cols"]
            case "step_error" | "error":
                raise _exception(entry["error"])
            case "step_end":
                return result
    raise InterfaceError("The server's response ended in the middle of a result.")


def _parse_object(body: bytes) -> dict[str, Any]:
    """Parse `body` as a JSON object; {} if it is not one."""
    try:
        parsed = json.loads(body)
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _exception(error: dict[str, Any]) -> Error:
    return from_server(error["message"], error.get("code") or "")


def _raise_for_status(response: Response) -> None:
    if response.status == HTTP_OK:
        return
    message, code = _error_details(response.body)
    summary = _HTTP_ERRORS.get(response.status, f"The libSQL server returned HTTP {response.status}")
    kind = RequestRefusedError if response.status in _CLIENT_ERRORS else OperationalError
    raise kind(f"{summary}: {message}" if message else f"{summary}.", code)


def _error_details(body: bytes) -> tuple[str, str]:
    """The message and code of an error response, which may be a page in any format from a proxy."""
    error = _parse_object(body)
    message = error.get("message") or error.get("error") or body.decode(errors="replace").strip()[:200]
    return str(message), str(error.get("code") or "")
