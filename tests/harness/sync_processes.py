"""The sync as a process of its own, to be stopped or killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness.product import ROOT, over

PATIENCE = 60


def start_sync(folder: Path, database_url: str) -> subprocess.Popen[str]:
    return over(database_url).start("sync_catalog", "--source", str(folder))


class Syncs:
    """Starts syncs at once: each is a fork of a process that has Django loaded (tests/harness/forking.py)."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self._parent = parent

    def start(self, folder: Path) -> int:
        """The new run's process id."""
        return int(self._ask(f"start {folder}"))

    def exit_code(self, pid: int) -> int:
        """Waits for the run's end."""
        return int(self._ask(f"wait {pid}"))

    def is_running(self, pid: int) -> bool:
        return not self._ask(f"poll {pid}").strip()

    def run(self, folder: Path) -> int:
        return self.exit_code(self.start(folder))

    def _ask(self, line: str) -> str:
        assert self._parent.stdin
        assert self._parent.stdout
        self._parent.stdin.write(line + "\n")
        self._parent.stdin.flush()
        return self._parent.stdout.readline()


@contextmanager
def syncs(database_url: str) -> Iterator[Syncs]:
    """Syncs of a migrated database."""
    command = [sys.executable, "-m", "tests.harness.forking"]
    with subprocess.Popen(  # noqa: S603  # our own program
        command,
        cwd=ROOT,
        env=over(database_url).environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        try:
            yield Syncs(parent)
        finally:
            parent.kill()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
