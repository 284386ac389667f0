"""The sync as a process of its own, to be killed; and what the database holds afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
MANAGE = str(ROOT / "manage.py")
PATIENCE = 30


def environment(database_url: str) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}


def start_sync(folder: Path, database_url: str) -> subprocess.Popen[str]:
    command = [sys.executable, MANAGE, "sync_catalog", "--source", str(folder)]
    return subprocess.Popen(  # noqa: S603  # our own program
        command, env=environment(database_url), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def migrate(database_url: str) -> None:
    command = [sys.executable, MANAGE, "migrate", "--verbosity=0"]
    subprocess.run(command, env=environment(database_url), check=True)  # noqa: S603  # our own program


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
