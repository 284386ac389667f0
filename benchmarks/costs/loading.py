"""Loads one month's bill, as CSV and as Parquet, beside DuckDB's bare copy of the same file.

The bare copy reads all columns as text and writes them to Parquet, with the memory and threads that a load
has: what any loader with this engine pays before it casts, checks, reads meters and sorts.
"""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb

from benchmarks.costs.bills import CLOUDS, MONTHS, Bills
from benchmarks.costs.installation import Installation
from costs.store.engine import THREADS, WRITER_MEMORY

LAYOUTS = ("csv", "parquet")


class Load(NamedTuple):
    """A load, and the bare copy of the same file in the same minute."""

    rows: int
    seconds: float
    cpu: float
    megabytes: float
    copy_seconds: float
    billed: Decimal
    expected: Decimal


def measure(folder: Path, rows: int, layout: str) -> Load:
    """Load a new bill of so many rows."""
    cloud, month = CLOUDS[0], MONTHS[-1]
    bills = Bills(rows * len(CLOUDS) * len(MONTHS))
    file = folder / layout / f"{month}.{layout}"
    bills.write(file, cloud, month)
    installation = Installation(folder / f"{layout}-installation")
    installation.migrate()
    copied = copy(file)
    found = installation.child("load", layout, str(file.parent))
    billed = bills.billed(cloud, month)
    return Load(
        found["rows"],
        found["seconds"],
        found["cpu"],
        found["megabytes"],
        copied,
        Decimal(found["billed"]),
        billed,
    )


def copy(file: Path) -> float:
    """The seconds of a bare copy."""
    target = file.with_suffix(".copy")
    rows = f"read_csv('{file}', all_varchar = true)" if file.suffix == ".csv" else f"'{file}'"
    with duckdb.connect(config={"memory_limit": WRITER_MEMORY, "threads": THREADS}) as connection:
        begun = time.perf_counter()
        connection.execute(f"copy (from {rows}) to '{target}' (format parquet, compression zstd)")
        seconds = time.perf_counter() - begun
    target.unlink()
    return seconds
