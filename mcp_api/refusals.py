"""The SDK's refusals of a request, in words that say what is wrong and what to send instead."""

from __future__ import annotations

import json
from http import HTTPStatus

from django.conf import settings
from starlette.types import Message

from tools.errors import RETRY_SECONDS

MAX_BODY_BYTES = 256 * 1024
NO_TOKEN = "Authentication required"  # noqa: S105 the SDK's words
PLAIN = {
    HTTPStatus.MISDIRECTED_REQUEST: f"The Host header is wrong: this server is {settings.MCP_RESOURCE}.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: f"The request body exceeds {MAX_BODY_BYTES} bytes.",
    HTTPStatus.NOT_ACCEPTABLE: "Accept must include application/json.",
}
STATUSES = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, *PLAIN})
NOT_ONE_MESSAGE = (
    "The body must be one JSON-RPC 2.0 message, an object with jsonrpc, method and, if it is a request, id. "
    "Batches are not supported: send each message on its own."
)


def unavailable() -> tuple[Message, bytes]:
    """The response while the database cannot say whether a token is valid: its start and its body."""
    text = b"The server's database does not answer at the moment. The token may well be valid: retry later.\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(text)),
        (b"retry-after", b"%d" % RETRY_SECONDS),
    ]
    return {"type": "http.response.start", "status": 503, "headers": headers}, text


def explain(status: int, body: bytes, token_error: str) -> bytes:
    """The body of a response with one of STATUSES, in our words.

    Args:
        status: the response's status.
        body: the SDK's body.
        token_error: why the request's token is refused; "" if it has none.
    """
    if status == HTTPStatus.UNAUTHORIZED:
        return body.replace(NO_TOKEN.encode(), token_error.encode()) if token_error else body
    if status == HTTPStatus.BAD_REQUEST:
        return _explain_bad_request(body)
    return body if body.startswith(b"{") else f"{PLAIN[HTTPStatus(status)]}\n".encode()


def _explain_bad_request(body: bytes) -> bytes:
    if body == b"Invalid Content-Type header":
        return b"Content-Type must be application/json.\n"
    if b'"Validation error:' not in body:
        return body
    answer = json.loads(body)
    answer["error"]["message"] = NOT_ONE_MESSAGE  # in place of a page of pydantic's
    return json.dumps(answer).encode()
