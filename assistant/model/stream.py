"""A turn as server-sent events, for a view of ASGI: the turn runs in a thread, and ends with its reader."""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections

from assistant.model.events import Event
from catalog.errors import CatalogError

logger = logging.getLogger(__name__)

# Turns of a process that run at the same time; each waits for the model most of its time.
AT_ONCE = 8
# So that no proxy takes a model that thinks for a connection that is dead.
PING_SECONDS = 15.0
_PING = b": still there\n\n"
_turns = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="ask")


async def server_sent(
    begin: Callable[[threading.Event], Iterator[Event]], *, ping_seconds: float = PING_SECONDS
) -> AsyncIterator[bytes]:
    """The events of a turn as text/event-stream.

    Args:
        begin: begins the turn; what it is given is set when nobody reads any more.
        ping_seconds: how long nothing is sent at most.

    Returns:
        Pieces to be sent one by one. If it is closed, as when a reader goes away, the turn stops.
    """
    loop = asyncio.get_running_loop()
    stop = threading.Event()
    queue: asyncio.Queue[Event | None] = asyncio.Queue()

    def run() -> None:
        close_old_connections()
        try:
            for event in _told(begin, stop):
                loop.call_soon_threadsafe(queue.put_nowait, event)
            loop.call_soon_threadsafe(queue.put_nowait, None)
        except RuntimeError:
            stop.set()  # the loop is closed: nobody reads any more
        finally:
            close_old_connections()

    running = _turns.submit(contextvars.copy_context().run, run)
    try:
        while True:
            try:
                event = await asyncio.wait_for(queue.get(), ping_seconds)
            except TimeoutError:
                yield _PING
                continue
            if event is None:
                return
            yield line(event)
    finally:
        stop.set()
        running.cancel()


def line(event: Event) -> bytes:
    """An event on the wire (HTML Standard, Server-sent events)."""
    data = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event['event']}\ndata: {data}\n\n".encode("utf-8", "replace")


def _told(begin: Callable[[threading.Event], Iterator[Event]], stop: threading.Event) -> Iterator[Event]:
    try:
        yield from begin(stop)
    except CatalogError as error:
        yield {"event": "error", "code": error.code, "message": error.message, "hint": error.hint or None}
    except Exception:
        logger.exception("A turn with the model failed")
        yield {"event": "error", "code": "internal_error", "message": "The server failed.", "hint": None}
