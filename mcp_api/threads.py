"""Database access from the event loop, in a pool of threads that manages Django's connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# Each thread has its own connection; more threads would only wait for each other.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="mcp")


async def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a thread that may use the database, and return its result.

    Requests to /mcp do not send Django's request signals, which would close broken and stale connections, so
    this function closes them.
    """

    def call() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_pool, call)
