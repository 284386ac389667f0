"""Measures how live usage is collected: the CPU of a minute, memory over a simulated week (docs/live.md).

.venv/bin/python -m benchmarks.live [--keys 500] [--days 7] [--every 5]

Each of the keys, a model of an account with its direction, has a count each minute. The cloud is in memory,
so that what is measured is what this product does; the database is a file. The baseline writes the same
points into a table of its own, by Python's sqlite3 alone.
"""

from __future__ import annotations

import argparse
import gc
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.live.installation import prepare

if TYPE_CHECKING:
    from benchmarks.live.cloud import Cloud

START = datetime(2026, 11, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
# Before memory is compared: until minutes become hours, tables and caches grow to their size.
FILLED = timedelta(days=3)
TIMED = 20
# What a day may add once all is filled: to the process, and to what Python keeps. If only the first grows,
# nothing is kept: what large reads had is free, in pieces that the system does not get back.
FLAT_MIB, FLAT_BLOCKS = 4.0, 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=500, help="counts a minute (default: %(default)s)")
    parser.add_argument("--days", type=int, default=7, help="simulated (default: %(default)s)")
    parser.add_argument("--every", type=int, default=5, help="minutes between collections (default: 5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        from benchmarks.live.cloud import Cloud, added_source  # noqa: PLC0415  # Django is set up first

        cloud = Cloud(options.keys)
        cloud.source = added_source(START)
        measure_minutes(cloud, Path(folder))
        measure_days(cloud, options.days, timedelta(minutes=options.every))


def measure_minutes(cloud: Cloud, folder: Path) -> None:
    """Print the CPU of a collection each minute, which reads 30 minutes again, beside the baseline."""
    at = START
    for _ in range(35):
        cloud.collect(at)
        at += MINUTE
    own = []
    for _ in range(TIMED):
        own.append(_cpu(lambda: cloud.collect(at)))  # noqa: B023
        at += MINUTE
    base = _baseline(cloud, folder)
    points = cloud.keys * 30
    print(f"a collection of {cloud.keys} keys, {points:,} points: {median(own):.3f} s of CPU")
    print(f"the same points by sqlite3 alone: {base:.3f} s, ratio {median(own) / base:.1f}x")
    print(f"of one core, collecting each minute: {median(own) / 60:.1%}")


def _baseline(cloud: Cloud, folder: Path) -> float:
    connection = sqlite3.connect(folder / "baseline.db")
    connection.execute(
        "create table points (minute integer, key integer, value integer, primary key (minute, key))"
    )
    upsert = "insert into points values (?, ?, ?) on conflict do update set value = excluded.value"
    taken = []
    for collection in range(TIMED):
        rows = [
            (collection + minute, key, cloud.count(key, collection + minute))
            for minute in range(30)
            for key in range(cloud.keys)
        ]

        def write(rows: list[tuple[int, int, int]] = rows) -> None:
            with connection:
                connection.executemany(upsert, rows)

        taken.append(_cpu(write))
    connection.close()
    return median(taken)


def measure_days(cloud: Cloud, days: int, every: timedelta) -> None:
    """Print memory and rows at the end of each simulated day, and whether memory stays the same."""
    at, sizes = START + timedelta(hours=1), dict[int, Memory]()
    for day in range(1, days + 1):
        used = 0.0
        while at < START + timedelta(days=day):
            used += _cpu(lambda: cloud.collect(at))  # noqa: B023
            at += every
        sizes[day] = _memory()
        rows = ", ".join(f"{number:,} {name}" for name, number in cloud.rows().items())
        kept = f"{sizes[day].mib:.1f} MiB, {sizes[day].blocks:,} blocks kept"
        print(f"day {day}: {kept}, {used:.0f} s of CPU, {rows}", flush=True)
    now = _cpu(lambda: cloud.answer(at))
    print(f"the answer of now at the end of a day, once a minute: {now:.3f} s of CPU")
    _judge(sizes)


def _judge(sizes: Mapping[int, Memory]) -> None:
    later = [size for day, size in sizes.items() if timedelta(days=day) >= FILLED]
    if len(later) > 1:
        days = len(later) - 1
        mib, blocks = (later[-1].mib - later[0].mib) / days, (later[-1].blocks - later[0].blocks) / days
        verdicts = ("flat" if mib < FLAT_MIB else "GROWS", "flat" if blocks < FLAT_BLOCKS else "KEEPS MORE")
        print(f"memory from day {FILLED.days} on: {mib:+.2f} MiB a day, {verdicts[0]}")
        print(f"what Python keeps: {blocks:+,.0f} blocks a day, {verdicts[1]}")


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


class Memory(NamedTuple):
    """The memory of this process now, not at most, and the blocks that Python has allocated in it."""

    mib: float
    blocks: int


def _memory() -> Memory:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return Memory(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, sys.getallocatedblocks())


if __name__ == "__main__":
    main()
