"""A share of the tool threads for each person, so that one person's calls cannot stop everybody else's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

from mcp_api import threads

P = ParamSpec("P")
T = TypeVar("T")

# Agents call several tools at once, so calls wait for a turn. A waiting call uses no thread.
MAX_RUNNING = 2
MAX_WAITING = 30


class TooManyCallsError(Exception):
    """The person has as many calls running and waiting as one may have in a worker."""


class _Person:
    def __init__(self) -> None:
        self.calls = 0
        self.turns = asyncio.Semaphore(MAX_RUNNING)


_people: dict[str, _Person] = {}


async def run(subject: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function in a tool thread when it is the person's turn, and return its result.

    Args:
        subject: the person who calls, as the token's subject.
        function: the function to run.
        *args: its arguments.
        **kwargs: its keyword arguments.

    Raises:
        TooManyCallsError: MAX_RUNNING calls of this person are running and MAX_WAITING are waiting.
    """
    person = _people.setdefault(subject, _Person())
    if person.calls >= MAX_RUNNING + MAX_WAITING:
        raise TooManyCallsError
    person.calls += 1
    try:
        await person.turns.acquire()
    except asyncio.CancelledError:
        _leave(subject)
        raise

    loop = asyncio.get_running_loop()

    def end_turn(_: Future[T]) -> None:
        with contextlib.suppress(RuntimeError):  # the server stopped in the meantime
            loop.call_soon_threadsafe(_end_turn, subject)

    # A client that hangs up cancels this coroutine but not a running thread, which keeps its turn to the end.
    future = threads.tools.submit(function, *args, **kwargs)
    future.add_done_callback(end_turn)
    return await asyncio.wrap_future(future)


def _end_turn(subject: str) -> None:
    _people[subject].turns.release()
    _leave(subject)


def _leave(subject: str) -> None:
    person = _people[subject]
    person.calls -= 1
    if not person.calls:
        del _people[subject]
