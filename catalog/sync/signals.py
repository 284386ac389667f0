"""SIGINT and SIGTERM end a sync, but not in the middle of what it does in the database.

An exception that comes at any point of a transaction can leave Django believing that there is none, and what
is written next is lost. So a signal waits until the block at hand is through.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _State:
    held: int = 0
    is_pending: bool = False


_state = _State()


def install() -> None:
    """Let both signals raise KeyboardInterrupt, at once or when `held` allows it."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)


@contextmanager
def held() -> Iterator[None]:
    """Hold interrupts back; one that came meanwhile is raised at the end of the outermost block."""
    _state.held += 1
    try:
        yield
    finally:
        _state.held -= 1
        if _state.is_pending and not _state.held:
            _state.is_pending = False
            raise KeyboardInterrupt


def _interrupt(*_: object) -> None:
    if not _state.held:
        raise KeyboardInterrupt
    _state.is_pending = True
