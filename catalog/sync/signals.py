"""SIGINT and SIGTERM stop a sync, but never in the middle of a database operation.

An exception raised inside a transaction can leave Django believing that no transaction is open, and later
writes are lost. So a signal is deferred until the current block is done.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class _State:
    depth: int = 0
    is_pending: bool = False


_state = _State()


def install() -> None:
    """Make both signals raise KeyboardInterrupt, at once or at the end of `deferred_interrupts`."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)


@contextmanager
def deferred_interrupts() -> Iterator[None]:
    """Defer interrupts; a pending one is raised at the end of the outermost block."""
    _state.depth += 1
    try:
        yield
    finally:
        _state.depth -= 1
        if _state.is_pending and not _state.depth:
            _state.is_pending = False
            raise KeyboardInterrupt


def _interrupt(*_: object) -> None:
    if not _state.depth:
        raise KeyboardInterrupt
    _state.is_pending = True
