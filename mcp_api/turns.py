"""A share of the tool threads for each person, so that one person's calls cannot stop everybody else's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from django.conf import settings

from mcp_api import threads

P = ParamSpec("P")
T = TypeVar("T")

# Agents call several tools at once, so calls wait for a turn. A waiting call uses no thread.
MAX_WAITING = 30


class TooManyCallsError(Exception):
    """The person has as many calls running and waiting as one may have in a worker."""


class _Person:
    def __init__(self, max_running: int) -> None:
        self.calls = 0
        self.turns = asyncio.Semaphore(max_running)


class Turns:
    """The turns in one pool of threads.

    Args:
        pool: the threads.
        max_running: how many calls of a person run at the same time, fewer than there are threads.
    """

    def __init__(self, pool: threads.Pool, max_running: int) -> None:
        self._pool, self.max_running = pool, max_running
        self._people: dict[str, _Person] = {}

    async def run(self, subject: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a thread when it is the person's turn, and return its result.

        Args:
            subject: the person who calls, as the token's subject.
            function: the function to run.
            *args: its arguments.
            **kwargs: its keyword arguments.

        Raises:
            TooManyCallsError: as many calls of this person as may are running, and MAX_WAITING are waiting.
        """
        person = self._people.setdefault(subject, _Person(self.max_running))
        if person.calls >= self.max_running + MAX_WAITING:
            raise TooManyCallsError
        person.calls += 1
        try:
            await person.turns.acquire()
        except asyncio.CancelledError:
            self._leave(subject)
            raise

        loop = asyncio.get_running_loop()

        def end_turn(_: Future[T]) -> None:
            with contextlib.suppress(RuntimeError):  # the server stopped in the meantime
                loop.call_soon_threadsafe(self._end_turn, subject)

        # A client that hangs up cancels this coroutine but not a running thread, which keeps its turn to the
        # end.
        future = self._pool.submit(function, *args, **kwargs)
        future.add_done_callback(end_turn)
        return await asyncio.wrap_future(future)

    def _end_turn(self, subject: str) -> None:
        self._people[subject].turns.release()
        self._leave(subject)

    def _leave(self, subject: str) -> None:
        person = self._people[subject]
        person.calls -= 1
        if not person.calls:
            del self._people[subject]


# By the scope of the tools. A question about costs may take seconds, which calls for prices do not wait for,
# and SQL longer, which neither waits for.
_costs = Turns(threads.costs, max_running=1)
OF_SCOPE = {
    settings.MCP_SCOPE: Turns(threads.tools, max_running=2),
    settings.COSTS_SCOPE: _costs,
    settings.ALERTS_SCOPE: _costs,
    settings.SQL_SCOPE: Turns(threads.sql, max_running=1),
}
