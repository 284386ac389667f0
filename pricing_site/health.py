"""/healthz and /readyz, beside Django: a probe names no host of ours and speaks plain http.

Both are also at /health and /ready, because Cloud Run's front end keeps paths that end in z to itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send

from mcp_api.threads import Pool
from pricing_site import readiness
from pricing_site.readiness import Readiness

logger = logging.getLogger(__name__)

ALIVE = frozenset({"/healthz", "/health"})
READY = frozenset({"/readyz", "/ready"})
PATHS = ALIVE | READY
# Anybody may ask, so the database is asked at most this often.
KEPT_SECONDS = 2.0
TIMEOUT_SECONDS = 5.0


async def application(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a probe: the process is alive if it answers at all; it is ready if the database answers too."""
    if scope["method"] not in ("GET", "HEAD"):
        await respond(send, HTTPStatus.METHOD_NOT_ALLOWED, {"status": "use GET"}, [(b"allow", b"GET, HEAD")])
    elif scope["path"] in ALIVE:
        await respond(send, HTTPStatus.OK, {"status": "alive"})
    else:
        found = await _ready.ask()
        is_ready = found["status"] == "ready"
        await respond(send, HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE, found)


class _Ready:
    """What readiness found last: one thread asks, and whoever comes meanwhile gets the same answer."""

    def __init__(self) -> None:
        self._pool = Pool("ready", 1)
        self._asked: asyncio.Future[Readiness] | None = None
        self._found: Readiness | None = None
        self._found_at = 0.0

    async def ask(self) -> Readiness:
        if self._found and time.monotonic() - self._found_at < KEPT_SECONDS:
            return self._found
        if self._asked is None or self._asked.done():
            self._asked = asyncio.ensure_future(self._look())
        try:
            return await asyncio.wait_for(asyncio.shield(self._asked), TIMEOUT_SECONDS)
        except TimeoutError:
            return _silent()

    async def _look(self) -> Readiness:
        try:
            found = await self._pool.run(readiness.readiness)
        except Exception:
            logger.exception("Readiness could not be told")
            found = _silent()
        if self._found is None or found["status"] != self._found["status"]:
            logger.log(logging.INFO if found["status"] == "ready" else logging.ERROR, "%s", _told(found))
        self._found, self._found_at = found, time.monotonic()
        return found


def _silent() -> Readiness:
    return {"status": "unavailable", "checks": {"database": {"ok": False}}}


def _told(found: Readiness) -> str:
    failed = [name for name, check in found["checks"].items() if not check["ok"]]
    return f"readiness {found['status']}" + (f" failed={','.join(failed)}" if failed else "")


_ready = _Ready()


async def respond(
    send: Send,
    status: HTTPStatus,
    content: Mapping[str, Any],
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    """Send JSON that nobody keeps."""
    body = json.dumps(content).encode()
    fixed = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": int(status), "headers": [*fixed, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})
