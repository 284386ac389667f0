"""Steps of the benchmark that run in processes of their own, so that the memory of each can be told.

    .venv/bin/python -m benchmarks.costs.child load SOURCE FOLDER
    .venv/bin/python -m benchmarks.costs.child ask LABEL REPEATS AS_OF
    .venv/bin/python -m benchmarks.costs.child show PANEL

Each prints one line of JSON.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import django

django.setup()

from benchmarks.costs.bills import MONTHS  # noqa: E402  models need django.setup() first
from benchmarks.costs.questions import answer  # noqa: E402
from benchmarks.costs.timing import timed  # noqa: E402
from catalog.pricing.decimals import plain  # noqa: E402
from costs.load.job import load  # noqa: E402
from costs.models import CostSource  # noqa: E402
from costs.panels import PANELS  # noqa: E402
from costs.query.periods import Window  # noqa: E402
from costs.query.snapshot import take  # noqa: E402
from costs.reports.show import show  # noqa: E402
from costs.store.kept import RESULTS  # noqa: E402
from costs.store.lake import Lake  # noqa: E402


def main(step: str, *arguments: str) -> None:
    steps: dict[str, Callable[..., dict[str, Any]]] = {"load": _load, "ask": _ask, "show": _show}
    figures = steps[step](*arguments)
    print(json.dumps({**figures, "megabytes": _peak()}, default=plain))


def _load(name: str, folder: str) -> dict[str, Any]:
    source = CostSource.objects.get_or_create(name=name, defaults={"location": folder})[0]
    begun, cpu_begun = time.perf_counter(), time.process_time()
    report = load(source)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu_begun
    if report.problems():
        raise RuntimeError(report.problems())
    billed = sum(month.billed["USD"] for month in report.months)
    return {
        "seconds": seconds,
        "cpu": cpu,
        "billed": billed,
        "rows": sum(month.rows for month in report.months),
    }


def _ask(label: str, repeats: str, as_of: str) -> dict[str, Any]:
    """Asks the charges each time: results of earlier times are not kept, and rollups not read."""
    store, moment = Lake(keeps_results=False, reads_rollups=False), datetime.fromisoformat(as_of)
    rows, times = timed(lambda: answer(label, store, moment), int(repeats))
    return {"rows": rows, "first": times.first, "then": times.then, "cpu": times.cpu}


def _show(name: str) -> dict[str, Any]:
    """Shows a panel of the latest month, over rollups; the first time finds no kept results."""
    Lake().prepare(Lake().loads())
    shutil.rmtree(Lake().root / RESULTS, ignore_errors=True)
    first, last = date.fromisoformat(f"{MONTHS[-1]}-01"), date.fromisoformat(f"{MONTHS[-1]}-28")
    window = Window(first, last)
    _, times = timed(lambda: show(PANELS[name], window, take(Lake(), None)), 3)
    return {"first": times.first, "then": times.then, "cpu": times.cpu}


def _peak() -> float:
    """The most memory that this process had. getrusage() would count the one that it was forked from."""
    status = Path("/proc/self/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
