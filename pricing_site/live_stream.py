"""/live/events: tells open live pages, as server-sent events, that there are new figures.

It stands beside Django, where an open stream would keep the thread and the database connection of its
request. Here it is a waiting coroutine: one task for all streams of a process asks the database. An event has
no figures, which the page fetches as before. (WHATWG HTML, Server-sent events)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.handlers.asgi import ASGIRequest
from django.db import Error
from django.db.models import Max
from django.http import HttpResponse
from prometheus_client import Gauge
from starlette.types import Receive, Scope, Send

from console.costs.access import may_read
from live.models import LiveRun
from mcp_api.threads import Pool
from pricing_site import health

logger = logging.getLogger(__name__)

PATH = "/live/events"
OPEN = Gauge("cloud_pricing_live_streams", "Live pages that are told.", multiprocess_mode="livesum")
# A browser opens a stream again when it ends: so each person is asked again who they are, and a proxy that
# ends requests after a minute does not end it amid an event.
STREAM_SECONDS = 55.0
HEARTBEAT_SECONDS = 15.0
ASK_SECONDS = 5.0
# Without a new collection: the lag grows all the same.
TELL_SECONDS = 60.0
STOP_SECONDS = 0.5
MAX_OF_PERSON = 4
RETRY_MILLISECONDS = 2000
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
]

MAX_CHECKS = 50

_pool = Pool("live", 1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opens a stream, and the latest collection then.

    Args:
        person: their id; None if they are not signed in.
        may_read: whether they may read costs.
        run: the latest collection that has ended; 0 if there is none.
    """

    person: int | None
    may_read: bool
    run: int


class Streams:
    """The open streams of a process, and the task that tells them.

    Args:
        is_serving: whether the process still takes requests; gunicorn.conf.py says.
    """

    def __init__(self) -> None:
        self.is_serving: Callable[[], bool] = lambda: True
        self.run = 0
        self.checks = 0
        self._of: Counter[int] = Counter()
        self._told: set[asyncio.Event] = set()
        self._told_at = time.monotonic()
        self._watch: asyncio.Task[None] | None = None

    def has_room(self, person: int) -> bool:
        return self._of.total() < settings.LIVE_STREAMS and self._of[person] < MAX_OF_PERSON

    @contextlib.contextmanager
    def opened(self, visitor: Visitor) -> Iterator[asyncio.Event]:
        """A stream of a person; the event is set when there is something to tell, or the process stops."""
        told, person = asyncio.Event(), visitor.person or 0
        if visitor.run > self.run:
            self.run = visitor.run
            self._tell()
        self._told.add(told)
        self._of[person] += 1
        OPEN.inc()
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watching())
        try:
            yield told
        finally:
            OPEN.dec()
            self._told.discard(told)
            self._of -= Counter({person: 1})

    async def _watching(self) -> None:
        """Ask the database while there are streams, which end when the process does."""
        asked_at = time.monotonic()
        while self._told and self.is_serving():
            await asyncio.sleep(STOP_SECONDS)
            if time.monotonic() - asked_at < ASK_SECONDS:
                continue
            asked_at = time.monotonic()
            run = await self._asked()
            if run != self.run or asked_at - self._told_at >= TELL_SECONDS:
                self.run, self._told_at = run, asked_at
                self._tell()
        self._tell()

    async def _asked(self) -> int:
        try:
            return await _pool.run(_last_run)
        except Error:
            # The page says that it cannot be renewed.
            logger.warning("Live pages are not told: the database does not answer")
            return self.run

    def _tell(self) -> None:
        for told in self._told:
            told.set()


streams = Streams()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a stream for who may read costs; others, and those beyond the limits, are refused."""
    if scope["method"] != "GET":
        await health.respond(send, HTTPStatus.METHOD_NOT_ALLOWED, {"error": "Use GET."}, [(b"allow", b"GET")])
        return
    visitor = await _visitor(scope)
    if visitor is None or visitor.person is None:
        status, error = HTTPStatus.UNAUTHORIZED, "Sign in."
    elif not visitor.may_read:
        status, error = HTTPStatus.FORBIDDEN, "What is used is for people who may read costs."
    elif not (streams.is_serving() and streams.has_room(visitor.person)):
        status, error = HTTPStatus.SERVICE_UNAVAILABLE, "Too many pages are told: ask for the page instead."
    else:
        await _stream(visitor, _last_event(scope), receive, send)
        return
    await health.respond(send, status, {"error": error})


async def _visitor(scope: Scope) -> Visitor | None:
    """Who asks; None if nobody has signed in, or too many are asked about at once."""
    request = ASGIRequest(scope, BytesIO())
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or streams.checks >= MAX_CHECKS:
        return None
    streams.checks += 1
    try:
        return await _pool.run(_check, request)
    finally:
        streams.checks -= 1


def _check(request: ASGIRequest) -> Visitor:
    SessionMiddleware(HttpResponse).process_request(request)
    request.user = get_user(request)
    return Visitor(request.user.pk, may_read(request), _last_run())


def _last_run() -> int:
    return LiveRun.objects.exclude(finished_at=None).aggregate(last=Max("pk"))["last"] or 0


def _last_event(scope: Scope) -> str:
    sent = [value for name, value in scope["headers"] if name == b"last-event-id"]
    return sent[0].decode("latin-1") if sent else ""


async def _stream(visitor: Visitor, last_event: str, receive: Receive, send: Send) -> None:
    ends = time.monotonic() + STREAM_SECONDS
    gone = asyncio.create_task(_gone(receive))
    with streams.opened(visitor) as told, contextlib.suppress(OSError):
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _send(send, f"retry: {RETRY_MILLISECONDS}\n\n")
        if last_event and last_event != f"{streams.run}":
            told.set()
        try:
            while not gone.done() and streams.is_serving() and (left := ends - time.monotonic()) > 0:
                if told.is_set():
                    told.clear()
                    await _send(send, f"id: {streams.run}\nevent: figures\ndata: new\n\n")
                if not await _first(gone, told, min(left, HEARTBEAT_SECONDS)):
                    await _send(send, ": still here\n\n")
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()


async def _send(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _gone(receive: Receive) -> None:
    """Until the browser has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _first(gone: asyncio.Task[None], told: asyncio.Event, seconds: float) -> bool:
    """Wait for either, so many seconds at most; whether one came."""
    waiting = asyncio.create_task(told.wait())
    done, _ = await asyncio.wait({gone, waiting}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    return bool(done)
