"""Tells whether the process that writes in a folder is alive: it holds a lock, which ends with the process.

A lock of another machine cannot be seen on every file system, so a folder is abandoned only if its process
ran on this one. Where there are no locks, none is.
"""

from __future__ import annotations

import fcntl
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

NAME = "holder"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder until the block or the process ends."""
    with (folder / NAME).open("w") as file:
        with suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(platform.node())
            file.flush()
        yield


@contextmanager
def alone(file: Path) -> Iterator[bool]:
    """Hold a file until the block or the process ends; false if another process holds it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass  # a file system without locks
        yield True


def is_abandoned(folder: Path) -> bool:
    """Whether a process of this machine held the folder, and is dead."""
    try:
        with (folder / NAME).open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file.read() == platform.node()
    except OSError:
        return False
