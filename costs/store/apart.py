"""SQL from outside over files of the lake: each statement in a process of its own, which is bounded."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from costs.errors import BusyError, InvalidQuestionError, TooLargeError
from costs.store.base import Bounds, Table
from costs.wording import quoted

logger = logging.getLogger(__name__)

# In one process of the server: each takes a processor, and some 300 MB.
AT_ONCE = 2
WAIT_SECONDS = 20.0
# To start, to read the first file's columns, and to write the result.
GRACE_SECONDS = 10.0
MAX_MESSAGE = 400
_turns = threading.BoundedSemaphore(AT_ONCE)
_HINT = "Ask for less: a shorter time, fewer rows to join, or sums in the place of rows."
# What DuckDB says about the statement rather than about this machine.
_OF_STATEMENT = frozenset(
    {
        "BinderException",
        "CatalogException",
        "ConversionException",
        "InvalidInputException",
        "InvalidTypeException",
        "NotImplementedException",
        "OutOfRangeException",
        "ParserException",
        "SyntaxException",
        "TypeMismatchException",
    }
)


def run(sql: str, files: Sequence[Path], bounds: Bounds) -> Table:
    """The result of a statement over the charges in these files.

    Args:
        sql: a statement that costs.sql has let through.
        files: of the lake.
        bounds: what it may take.

    Raises:
        InvalidQuestionError: DuckDB refuses it.
        TooLargeError: it takes too long or too much memory.
        BusyError: others run, and do not end soon.
    """
    task = {
        "sql": sql,
        "files": [f"{file}" for file in files],
        "rows": bounds.rows,
        "size": bounds.size,
        "seconds": bounds.seconds,
    }
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise BusyError("Other SQL is running, and does not end.", hint="Retry in half a minute.")
    try:
        answer = _answered(task, bounds.seconds)
    finally:
        _turns.release()
    if "error" in answer:
        raise _refusal(answer["error"], answer["message"], bounds)
    return Table(answer["names"], answer["kinds"], answer["rows"], answer["is_cut"])


def _answered(task: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
    # It gets no variable of ours: some are secrets.
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        [sys.executable, "-m", "costs.store.apart_process"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            out, err = process.communicate(json.dumps(task), timeout=seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return {"error": "InterruptException", "message": ""}
        finally:
            process.kill()
    if process.returncode > 0:
        raise RuntimeError(f"The process for SQL failed: {err[-MAX_MESSAGE:]}")
    if process.returncode < 0 or not out:
        # The system has killed it for what it took, or DuckDB has crashed.
        logger.warning("SQL ended its process with %s: %s", process.returncode, err[-MAX_MESSAGE:])
        return {"error": "OutOfMemoryException", "message": ""}
    answer: Mapping[str, Any] = json.loads(out)
    return answer


def _refusal(kind: str, message: str, bounds: Bounds) -> Exception:
    if kind == "InterruptException":
        return TooLargeError(
            f"The SQL ran for {bounds.seconds:g} seconds, which is as long as it may.", hint=_HINT
        )
    if kind == "OutOfMemoryException":
        return TooLargeError("The SQL takes more memory than it may.", hint=_HINT)
    if kind in _OF_STATEMENT:
        first = message.splitlines()[0] if message else kind
        candidates = [line for line in message.splitlines() if line.startswith("Candidate bindings")]
        return InvalidQuestionError(
            f"DuckDB refuses the SQL: {quoted(first, MAX_MESSAGE)}",
            hint=quoted(candidates[0], MAX_MESSAGE) if candidates else "",
        )
    logger.warning("SQL failed with %s: %s", kind, message[:MAX_MESSAGE])
    return InvalidQuestionError(f"DuckDB cannot run the SQL ({kind}).")
