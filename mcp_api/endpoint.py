"""The MCP server as an ASGI application: stateless Streamable HTTP, JSON responses, bearer tokens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus

from django.conf import settings
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.types import Message, Receive, Scope, Send

from accounts.oauth.resource import resource_at
from mcp_api import auth, cors, refusals, step_up
from mcp_api.cors import Header
from mcp_api.refusals import MAX_BODY_BYTES
from mcp_api.server import server

# Both are served without a redirect, because some clients drop the token when they follow one.
PATHS = frozenset({"/mcp", "/mcp/"})
DRAIN_SECONDS = 1

_app = server.streamable_http_app(
    streamable_http_path="/mcp",
    stateless_http=True,
    json_response=True,
    max_request_body_size=MAX_BODY_BYTES,
    # Origins are checked below: the SDK compares them by prefix, so that 127.0.0.1:1@elsewhere passes.
    transport_security=TransportSecuritySettings(allowed_hosts=settings.MCP_ALLOWED_HOSTS),
    # Tokens are bound to /mcp alone. Django serves the metadata document that the challenge links to.
    auth=AuthSettings(
        issuer_url=settings.PUBLIC_URL,
        resource_server_url=AnyHttpUrl(settings.MCP_RESOURCE),
        required_scopes=[],  # each tool has its own (mcp_api.step_up)
        validate_token_resource=True,
    ),
    token_verifier=auth.BearerTokenVerifier(),
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection: the process's lifespan, or a request to one of PATHS."""
    if scope["type"] == "lifespan":
        await _app(scope, receive, send)
        return
    origins = _values(scope, b"origin")
    if not cors.is_allowed(origins):
        await _respond(send, HTTPStatus.FORBIDDEN, [], b"Pages of this origin may not call this server.\n")
    elif scope["method"] == "OPTIONS":
        preflight = cors.preflight_headers(_values(scope, b"access-control-request-headers"))
        await _respond(
            send,
            HTTPStatus.NO_CONTENT,
            [*cors.response_headers(origins), *preflight, (b"allow", b"POST, OPTIONS")],
        )
    elif scope["method"] != "POST":
        # GET would open a stream for server messages, which a stateless server never sends.
        await _respond(
            send,
            HTTPStatus.METHOD_NOT_ALLOWED,
            [*cors.response_headers(origins), (b"allow", b"POST, OPTIONS")],
        )
    else:
        await _call(scope, receive, send)


async def _call(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a POST to the SDK; adjust the headers of both sides, and the words of a refusal."""
    has_token = bool(_values(scope, b"authorization"))
    resource = resource_at(next(iter(_values(scope, b"host")), ""))
    allow_origin = cors.response_headers(_values(scope, b"origin"))
    # The SDK compares header bytes, and some HTTP parsers leave white space at the end of a value.
    headers = [(name, value.strip(b" \t")) for name, value in scope["headers"] if name != b"origin"]

    auth.refusal.set("")
    auth.is_unchecked.set(False)
    challenge = step_up.Challenge()
    step_up.current.set(challenge)
    body = _Body(receive)

    def adjust(headers: Iterable[Header]) -> list[Header]:
        scope = challenge.scope or settings.MCP_SCOPE
        return [*_response_headers(headers, has_token, resource, scope), *allow_origin]

    sdk_scope = {**scope, "path": "/mcp", "raw_path": b"/mcp", "headers": headers}
    await _app(sdk_scope, body.receive, _Response(body, adjust, challenge, send).send)


class _Body:
    """A request's body, read to its end before the response starts.

    The SDK rejects a request without a valid token before it reads the body. gunicorn then closes the
    connection without telling the client, whose next request fails.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._is_whole = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._is_whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read the rest of the body, up to a limit of size and time."""
        size = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._is_whole and size <= MAX_BODY_BYTES:
                    size += len((await self.receive()).get("body", b""))


class _Response:
    """The SDK's response, with our headers and, if it refuses the request, in our words.

    If the token lacks a scope, a challenge takes its place, and if it could not be checked, a 503.
    """

    def __init__(
        self,
        body: _Body,
        adjust: Callable[[Iterable[Header]], list[Header]],
        challenge: step_up.Challenge,
        send: Send,
    ) -> None:
        self._body, self._adjust, self._challenge, self._send = body, adjust, challenge, send
        self._refusal: Message | None = None
        self._is_replaced = False

    async def send(self, message: Message) -> None:
        if self._is_replaced:
            return
        if message["type"] == "http.response.start":
            await self._body.drain()
            if replacement := self._replacement():
                self._is_replaced = True
                start, text = replacement
                await self._send({**start, "headers": self._adjust(start["headers"])})
                await self._send({"type": "http.response.body", "body": text})
                return
            message = {**message, "headers": self._adjust(message["headers"])}
            if message["status"] in refusals.STATUSES:
                self._refusal = message  # until its body is known
                return
        elif self._refusal:
            start, self._refusal = self._refusal, None
            text = refusals.explain(start["status"], message.get("body", b""), auth.refusal.get())
            await self._send(_with_length(start, len(text)))
            message = {**message, "body": text}
        await self._send(message)

    def _replacement(self) -> tuple[Message, bytes] | None:
        """What is sent in place of the SDK's response, if anything."""
        if auth.is_unchecked.get():
            return refusals.unavailable()
        return self._challenge.response() if self._challenge.scope else None


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1").strip(" \t") for key, value in scope["headers"] if key == name]


def _response_headers(
    headers: Iterable[Header], has_token: bool, resource: str, scope: str
) -> Iterator[Header]:
    """The SDK's headers, with the challenge changed to what RFC 6750 section 3 asks for.

    It names the scope, an error only if the request had a token (section 3.1), and the metadata document at
    the address that was asked for.
    """
    usual, asked = (uri.removesuffix("/mcp").encode() for uri in (settings.MCP_RESOURCE, resource))
    for name, value in headers:
        if name == b"www-authenticate":
            challenge = value if has_token else b"Bearer " + value[value.index(b"resource_metadata=") :]
            if reason := auth.refusal.get():
                challenge = challenge.replace(refusals.NO_TOKEN.encode(), reason.encode())
            challenge = challenge.replace(b'"%s/' % usual, b'"%s/' % asked)
            yield name, challenge + b', scope="%s"' % scope.encode()
        else:
            yield name, value
    yield b"x-content-type-options", b"nosniff"


def _with_length(start: Message, length: int) -> Message:
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    return {**start, "headers": [*headers, (b"content-length", b"%d" % length)]}


async def _respond(send: Send, status: int, headers: Iterable[Header], text: bytes = b"") -> None:
    length = [] if status == HTTPStatus.NO_CONTENT else [(b"content-length", b"%d" % len(text))]
    kind = [(b"content-type", b"text/plain; charset=utf-8")] if text else []
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *kind, *length]})
    await send({"type": "http.response.body", "body": text})
