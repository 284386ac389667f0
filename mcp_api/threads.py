"""The one way from the event loop to the database: a thread hop that keeps Django's connections in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# Each thread holds a connection of its own; more threads than this only wait for each other.
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="mcp")


async def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """`function`'s result, computed in a thread that may use the database.

    /mcp is served beside Django, whose request signals would drop broken and stale connections; so this does.
    """

    def call() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_pool, call)
