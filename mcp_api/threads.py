"""Database access from the event loop, in pools of threads that manage Django's connections."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """Threads for one kind of work, each with its own connection."""

    def __init__(self, name: str, size: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=size, thread_name_prefix=name)

    def submit(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a function in a thread that may use the database.

        Requests to /mcp do not send Django's request signals, which would close broken and stale connections,
        so this does.
        """

        def call() -> T:
            close_old_connections()
            try:
                return function(*args, **kwargs)
            finally:
                close_old_connections()

        # The log lines of the thread belong to the request.
        return self._executor.submit(contextvars.copy_context().run, call)

    def submit_later(self, seconds: float, function: Callable[[], object]) -> None:
        """Run a function as `submit` does, so many seconds from now; never if the process ends before."""
        timer = threading.Timer(seconds, self.submit, [function])
        timer.daemon = True
        timer.start()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a thread that may use the database, and return its result."""
        return await asyncio.wrap_future(self.submit(function, *args, **kwargs))


# More threads would only wait for each other. Tokens are checked while tools are busy, tools of prices run
# while questions about costs are added up, these while SQL does, and nothing waits for writes.
tools = Pool("tools", 4)
costs = Pool("costs", 2)
sql = Pool("sql", 2)
tokens = Pool("tokens", 2)
writes = Pool("writes", 1)
