"""Results of statements, kept beside the lake: files never change, so the same statement has the same result.

A page has many questions over millions of charges, and the next visitor, worker and job ask them again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

Result = tuple[list[str], list[tuple[Any, ...]]]

# The folder of results, below COSTS_DIR. No month has such a name.
RESULTS = ".results"
# Larger results are of jobs, which ask once.
MAX_CELLS = 200_000
MAX_BYTES = 256 * 1024 * 1024
# The room that a sweep makes, so that not each result has to make its own.
SWEPT_BYTES = MAX_BYTES // 2
# Changes with what statements mean or how results are written.
_VERSION = "1"

_WRITTEN: dict[type, tuple[str, Callable[[Any], Any]]] = {
    Decimal: ("decimal", str),
    datetime: ("time", datetime.isoformat),
    date: ("day", date.isoformat),
}
_READ: dict[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "time": datetime.fromisoformat,
    "day": date.fromisoformat,
}


class KeptResults:
    """Results of statements in a folder, the oldest of which go when it is full.

    Args:
        folder: only its owner can read it: the results are what people pay.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, sql: str, files: Sequence[Path]) -> Result | None:
        """The result of a statement over these files, if it is kept."""
        path = self._path(sql, files)
        try:
            kept = json.loads(path.read_text())
            result = kept["names"], _decoded(kept["kinds"], kept["rows"])
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError):
            # Not kept, deleted meanwhile, or damaged: it is asked again.
            return None
        return result

    def put(self, sql: str, files: Sequence[Path], result: Result) -> None:
        """Keep a result. That a disk is full or read-only does not keep anybody from an answer."""
        names, rows = result
        kinds = _kinds(names, rows)
        if kinds is None or len(names) * len(rows) > MAX_CELLS:
            return
        kept = {"names": names, "kinds": kinds, "rows": _encoded(kinds, rows)}
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(self._path(sql, files), json.dumps(kept, ensure_ascii=False, separators=(",", ":")))
            self._sweep()

    def forget(self) -> None:
        """Delete all results; they are made again when they are asked for."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, sql: str, files: Sequence[Path]) -> Path:
        parts = [_VERSION, sql, *(f"{file.parent.name}/{file.name}" for file in files)]
        return self._folder / f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}.json"

    def _write(self, path: Path, text: str) -> None:
        """Readers see a result whole or not at all."""
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".new")
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(name).replace(path)

    def _sweep(self) -> None:
        found = []
        for entry in os.scandir(self._folder):
            # Another process may have swept it.
            with suppress(FileNotFoundError):
                stat = entry.stat()
                found.append((stat.st_mtime, stat.st_size, entry.path))
        total = sum(size for _, size, _ in found)
        if total <= MAX_BYTES:
            return
        for _, size, path in sorted(found):
            if total <= SWEPT_BYTES:
                return
            Path(path).unlink(missing_ok=True)
            total -= size


def _kinds(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[str] | None:
    """What each column has; None if JSON cannot keep one of them."""
    kinds = []
    for index, _ in enumerate(names):
        types = {type(row[index]) for row in rows} - {type(None)}
        if types <= {str, int, bool}:
            kinds.append("")
        elif len(types) == 1 and (known := _WRITTEN.get(types.pop())):
            kinds.append(known[0])
        else:
            return None
    return kinds


def _encoded(kinds: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    writers = dict(_WRITTEN.values())
    return [
        [
            value if value is None or not kind else writers[kind](value)
            for kind, value in zip(kinds, row, strict=True)
        ]
        for row in rows
    ]


def _decoded(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    return [
        tuple(
            value if value is None or not kind else _READ[kind](value)
            for kind, value in zip(kinds, row, strict=True)
        )
        for row in rows
    ]
