"""The MCP server as an ASGI application: stateless Streamable HTTP, JSON responses, bearer tokens."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator

from django.conf import settings
from mcp.server.auth.settings import AuthSettings
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import AnyHttpUrl
from starlette.types import Message, Receive, Scope, Send

from accounts.oauth.resource import resource_at
from mcp_api.auth import BearerTokenVerifier
from mcp_api.server import server

# Both are served without a redirect, because some clients drop the token when they follow one.
PATHS = frozenset({"/mcp", "/mcp/"})
MAX_BODY_BYTES = 256 * 1024
DRAIN_SECONDS = 1

Header = tuple[bytes, bytes]

_app = server.streamable_http_app(
    streamable_http_path="/mcp",
    stateless_http=True,
    json_response=True,
    max_request_body_size=MAX_BODY_BYTES,
    transport_security=TransportSecuritySettings(
        allowed_hosts=settings.MCP_ALLOWED_HOSTS, allowed_origins=settings.MCP_ALLOWED_ORIGINS
    ),
    # Tokens are bound to /mcp alone. Django serves the metadata document that the challenge links to.
    auth=AuthSettings(
        issuer_url=settings.PUBLIC_URL,
        resource_server_url=AnyHttpUrl(settings.MCP_RESOURCE),
        required_scopes=[settings.MCP_SCOPE],
        validate_token_resource=True,
    ),
    token_verifier=BearerTokenVerifier(),
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection: the process's lifespan, or a request to one of PATHS."""
    if scope["type"] == "lifespan":
        await _app(scope, receive, send)
    elif scope["method"] != "POST":
        # GET would open a stream for server messages, which a stateless server never sends.
        await _method_not_allowed(send)
    else:
        has_token = any(name == b"authorization" for name, _ in scope["headers"])
        resource = resource_at(_header(scope, b"host"))
        # The SDK compares header bytes, and some HTTP parsers leave white space at the end of a value.
        headers = [(name, value.strip(b" \t")) for name, value in scope["headers"]]

        body = _Body(receive)

        async def send_with_challenge(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drain()
                message = {
                    **message,
                    "headers": list(_response_headers(message["headers"], has_token, resource)),
                }
            await send(message)

        await _app(
            {**scope, "path": "/mcp", "raw_path": b"/mcp", "headers": headers},
            body.receive,
            send_with_challenge,
        )


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


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1").strip() for key, value in scope["headers"] if key == name), "")


def _response_headers(headers: Iterable[Header], has_token: bool, resource: str) -> Iterator[Header]:
    """The SDK's headers, with the challenge changed to what RFC 6750 section 3 asks for.

    It names the scope, an error only if the request had a token (section 3.1), and the metadata document at
    the address that was asked for.
    """
    usual, asked = (uri.removesuffix("/mcp").encode() for uri in (settings.MCP_RESOURCE, resource))
    for name, value in headers:
        if name == b"www-authenticate":
            challenge = value if has_token else b"Bearer " + value[value.index(b"resource_metadata=") :]
            challenge = challenge.replace(b'"%s/' % usual, b'"%s/' % asked)
            yield name, challenge + b', scope="%s"' % settings.MCP_SCOPE.encode()
        else:
            yield name, value
    yield b"x-content-type-options", b"nosniff"


async def _method_not_allowed(send: Send) -> None:
    headers = [(b"allow", b"POST"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 405, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
