"""Turns of people, so that one person's questions cannot stop everybody else's."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from mcp_api.turns import MAX_WAITING, TooManyCallsError


class Turns:
    """Turns in one process.

    Args:
        at_once: how many questions run at the same time, of which one a person.
    """

    def __init__(self, at_once: int) -> None:
        self._running = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._calls: Counter[int] = Counter()
        self._own: dict[int, threading.Lock] = {}

    @contextmanager
    def turn(self, person: int) -> Iterator[None]:
        """Wait for the person's turn; it ends with the block.

        Raises:
            TooManyCallsError: a question of the person runs, and MAX_WAITING wait.
        """
        own = self._enter(person)
        try:
            with own, self._running:
                yield
        finally:
            self._leave(person)

    def __len__(self) -> int:
        """How many questions run and wait."""
        return self._calls.total()

    def _enter(self, person: int) -> threading.Lock:
        with self._lock:
            if self._calls[person] > MAX_WAITING:
                raise TooManyCallsError
            self._calls[person] += 1
            return self._own.setdefault(person, threading.Lock())

    def _leave(self, person: int) -> None:
        with self._lock:
            self._calls[person] -= 1
            if not self._calls[person]:
                del self._calls[person], self._own[person]


# As many as at /mcp: each takes two processors for up to a second.
questions = Turns(2)
