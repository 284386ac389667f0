"""Work that one process of a test run does for all: each pytest-xdist worker is a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

# The processes of a run share it: tests/conftest.py sets it. Outside pytest there is one process.
folder: Path | None = None


def once(name: str, work: Callable[[], Any]) -> Any:
    """Return the JSON value that `work` returned to the first process that asked for `name`.

    The others wait for it. If `work` raises, the next process tries again.
    """
    if folder is None:
        return work()
    result = folder / f"{name}.json"
    with FileLock(result.with_suffix(".lock")):
        if not result.exists():
            result.write_text(json.dumps(work()))
        return json.loads(result.read_text())
