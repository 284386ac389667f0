"""The process that `apart` starts: one statement over some files, with no more memory and time than it gets.

DuckDB bounds what its operators keep, but not what one function makes: of 'x' repeated a billion times it
takes gigabytes. The system bounds all of it, and a process that breaks takes nobody with it.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
import threading
from collections.abc import Mapping
from typing import Any

import duckdb

from costs.store.base import Bounds
from costs.store.engine import open_reader
from costs.store.json_values import within

MEMORY = "256MB"
# The interpreter, DuckDB and what functions make, beside that.
DATA_BYTES = 768 * 1024 * 1024


def main() -> None:
    """Read a task from the standard input as JSON, and write its result or error to the standard output."""
    task = json.load(sys.stdin)
    _bound(task["seconds"])
    connection = open_reader(task["files"], memory=MEMORY, threads=1)
    try:
        answer = _answered(connection, task)
    except duckdb.Error as error:
        answer = {"error": type(error).__name__, "message": f"{error}"}
    except MemoryError:
        answer = {"error": "OutOfMemoryException", "message": ""}
    json.dump(answer, sys.stdout)
    sys.stdout.flush()
    # What is left of DuckDB's threads does not always end well.
    os._exit(0)


def _bound(seconds: float) -> None:
    os.nice(10)
    limits = {
        resource.RLIMIT_DATA: DATA_BYTES,
        # If nobody is left to stop it.
        resource.RLIMIT_CPU: int(seconds) + 10,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for what, most in limits.items():
        # Not every system has each of them.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def _answered(connection: duckdb.DuckDBPyConnection, task: Mapping[str, Any]) -> Mapping[str, Any]:
    alarm = threading.Timer(task["seconds"], connection.interrupt)
    alarm.daemon = True
    alarm.start()
    cursor = connection.execute(task["sql"])
    described = cursor.description or ()
    bounds = Bounds(task["rows"], task["size"], task["seconds"])
    rows, is_cut = within(bounds, iter(cursor.fetchone, None))
    alarm.cancel()
    return {
        "names": [name for name, *_ in described],
        "kinds": [f"{kind}" for _, kind, *_ in described],
        "rows": rows,
        "is_cut": is_cut,
    }


if __name__ == "__main__":
    main()
