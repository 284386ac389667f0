"""The ASGI application: the MCP server at /mcp, probes, metrics and streams, Django everywhere else."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import ImproperlyConfigured

from pricing_site import checks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pricing_site.settings")
BOOT_ERROR = 3  # gunicorn stops when a worker exits with it, and replaces the worker after any other code
try:
    django_application = get_asgi_application()  # sets Django up: what imports models comes after
    checks.refuse_unsafe_settings()
except ImproperlyConfigured as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(BOOT_ERROR)

from starlette.middleware.gzip import GZipMiddleware  # noqa: E402
from starlette.requests import ClientDisconnect  # noqa: E402
from starlette.types import Message, Receive  # noqa: E402

from mcp_api import endpoint  # noqa: E402
from pricing_site import health, live_stream, metrics, request_body, traces  # noqa: E402

# BREACH needs a browser that sends the credential by itself; /mcp takes a bearer token and no cookie. Smaller
# answers fit in one packet anyway, and higher levels take longer to save a few bytes more.
mcp_application = GZipMiddleware(endpoint.application, minimum_size=1400, compresslevel=4)

# Probes and scrapes come over plain http and under any host.
OWN = {**dict.fromkeys(health.PATHS, health.application), metrics.PATH: metrics.application}

OVER_HTTPS = (b"x-forwarded-proto", b"https")  # as settings.SECURE_PROXY_SSL_HEADER
HSTS = (
    b"strict-transport-security",
    b"max-age=%d; includeSubDomains; preload" % settings.SECURE_HSTS_SECONDS,
)


async def serve(scope: dict[str, Any], receive: Receive, send: Any) -> None:
    """Hand each connection to the side that serves it; only the MCP side has a lifespan."""
    if scope["type"] == "http":
        if own := OWN.get(scope["path"]):
            await own(scope, receive, _without_body(send) if scope["method"] == "HEAD" else send)
            return
        traces.current.set(traces.of(scope["headers"]))
    if scope["type"] == "http" and settings.SECURE_HSTS_SECONDS and OVER_HTTPS in scope["headers"]:
        send = _with_hsts(send)
    if scope["type"] == "lifespan" or _is_for_mcp(scope):
        with contextlib.suppress(ClientDisconnect):  # the body ended early
            await mcp_application(scope, receive, send)
    elif scope["type"] == "http" and scope["path"] == live_stream.PATH:
        await live_stream.application(scope, receive, send)
    elif scope["type"] == "websocket":
        # Closing before accepting refuses the handshake with a 403.
        await receive()
        await send({"type": "websocket.close", "code": 1000})
    else:
        send = _without_body(send) if scope["method"] == "HEAD" else send
        await request_body.limited(django_application, scope, receive, send)


application = traces.export(serve, settings.OTEL_ENDPOINT)


def _is_for_mcp(scope: dict[str, Any]) -> bool:
    """Whether the MCP server answers; a browser that opens its address gets a page from Django."""
    if scope["type"] != "http" or scope["path"] not in endpoint.PATHS:
        return False
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return scope["method"] not in ("GET", "HEAD") or b"text/html" not in accepted


def _with_hsts(send: Any) -> Any:
    """Django adds it to its own answers only. Over http it must not be sent (RFC 6797 section 7.2)."""

    async def send_with_hsts(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name, value) for name, value in message["headers"] if name.lower() != HSTS[0]]
            message = {**message, "headers": [*headers, HSTS]}
        await send(message)

    return send_with_hsts


def _without_body(send: Any) -> Any:
    """Django answers HEAD with a body for the server to drop, and gunicorn warns each time it drops one."""

    async def send_without_body(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_without_body
