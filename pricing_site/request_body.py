"""A size limit on request bodies, applied before Django stores them in a temporary file."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import Message, Receive, Scope, Send

Application = Callable[[Any, Any, Any], Awaitable[None]]

# Forms and client metadata take a few kilobytes.
MAX_BYTES = 64 * 1024
# The estimate page takes files of a MiB, beside the estimate that they replace.
MAX_UPLOAD_BYTES = 2 * 1024 * 1024
# So do calls of models, which come in batches and packed.
UPLOADS = frozenset({"/estimate/change/", "/api/intake/v1/traces", "/api/intake/litellm"})
MAX_LENGTH_DIGITS = 20
# A client that is still sending when the connection closes may never read the response.
DRAIN_BYTES = 1024 * 1024
DRAIN_SECONDS = 1


class TooLargeError(Exception):
    """The body exceeds the limit of its path."""


class DisconnectedError(Exception):
    """The client went away before the end of the body."""


async def limited(application: Application, scope: Scope, receive: Receive, send: Any) -> None:
    """Read the body, then hand the request to the application; 413 if the body is too large."""
    try:
        body = await _read(scope, receive)
    except DisconnectedError:
        return
    except TooLargeError:
        await _drain(scope, receive)
        await _refuse(scope, send)
        return
    await application(scope, _Replay(body, receive), send)


class _Replay:
    """A `receive` that returns a body that was already read, then the connection's own messages."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._messages = [{"type": "http.request", "body": body, "more_body": False}]
        self._receive = receive

    async def __call__(self) -> Message:
        return self._messages.pop() if self._messages else await self._receive()


async def _read(scope: Scope, receive: Receive) -> bytes:
    # The server delivers no more than the stated length, and chunked bodies state none.
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    most = _limit(scope)
    if any(len(length) > MAX_LENGTH_DIGITS or int(length) > most for length in lengths if length.isdigit()):
        raise TooLargeError
    body = bytearray()
    more_body = True
    while more_body:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise DisconnectedError
        body += message.get("body", b"")
        if len(body) > most:
            raise TooLargeError
        more_body = message.get("more_body", False)
    return bytes(body)


def _limit(scope: Scope) -> int:
    return MAX_UPLOAD_BYTES if scope.get("path") in UPLOADS else MAX_BYTES


async def _drain(scope: Scope, receive: Receive) -> None:
    """Read on, up to a limit of size and time, unless the client waits to be told to send."""
    if any(name == b"expect" for name, _ in scope["headers"]):
        return
    size = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(DRAIN_SECONDS):
            while size <= DRAIN_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                if not message.get("more_body", False):
                    return


async def _refuse(scope: Scope, send: Send) -> None:
    body = b"The request body exceeds %d bytes.\n" % _limit(scope)
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
