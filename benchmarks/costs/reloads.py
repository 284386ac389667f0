"""Reloads months while a reader asks, by the program of the tests (tests/costs/store/racing.py)."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from benchmarks.costs.installation import ROOT, Installation
from tests.harness.sync_processes import wait_until

# So many loads make the four months that are reloaded.
_FIRST = 4


class Race(NamedTuple):
    """What a reader saw."""

    reads: int
    torn: int
    seconds: float


def race(folder: Path, reloads: int) -> Race:
    """Reload so many times beside a reader, both in processes of their own."""
    installation = Installation(folder)
    installation.migrate()

    def start(*arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.costs.store.racing", *arguments]
        return subprocess.Popen(  # noqa: S603  our own program
            command, cwd=ROOT, env=installation.environment, stdout=subprocess.PIPE, text=True
        )

    _finish(start("write", str(folder), f"{_FIRST}"))
    with start("read", str(folder)) as reader:
        wait_until((folder / "reading").exists)
        begun = time.perf_counter()
        try:
            _finish(start("write", str(folder), f"{reloads}"))
        finally:
            (folder / "written").touch()  # ends the reader
        seconds = time.perf_counter() - begun
        reads, torn = reader.communicate()[0].split()[:2]
    return Race(int(reads), int(torn), seconds)


def _finish(process: subprocess.Popen[str]) -> None:
    if process.wait():
        raise RuntimeError(f"The program ended with {process.returncode}.")
