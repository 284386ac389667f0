"""A program whose loads are killed. Each is a fork of it, so that Django is loaded once.

    python -m tests.costs.load.killing FOLDER

makes a source for each point, with a charge of 1 USD. Then it loads the bills of the folder into each, and
that load is killed at the point. At last it loads all sources again, and prints what readers see of each
source before and after, as a line of JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  # Django comes first
from django.db import connections  # noqa: E402
from django.db.models import F  # noqa: E402
from sqlglot import exp  # noqa: E402

from costs.load import lease, month, months, twins  # noqa: E402
from costs.load.job import load  # noqa: E402
from costs.models import CostLoad, CostSource  # noqa: E402
from costs.store import holder, lake  # noqa: E402
from costs.store.lake import Lake  # noqa: E402
from tests.costs.bills import OCTOBER  # noqa: E402
from tests.costs.store.lakes import publish  # noqa: E402


def kill(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# All sources have the same bill, which would be refused.
setattr(twins, "others", lambda *_: [])  # noqa: B010  # mypy refuses to assign a function


# What is replaced by `kill`: in the order of a load.
POINTS: dict[str, tuple[Any, str]] = {
    "while-the-row-is-new": (Lake, "workspace"),
    "while-it-is-checked": (month, "check"),
    "before-the-file-is-written": (month, "stamp"),
    "after-the-file-is-written": (lease, "writing"),
    "after-the-file-is-in-its-place": (lake, "_sync_folder"),
    "between-the-old-and-the-new-row": (CostLoad, "save"),
    "after-the-rows-are-switched": (months, "_report"),
    "after-it-is-current": (shutil, "rmtree"),
}


def load_and_die(folder: str, point: str) -> None:
    CostSource.objects.filter(pk=point).update(location=folder)
    owner, name = POINTS[point]
    if owner is CostLoad:
        # The first save makes the row, the second one publishes it.
        save = CostLoad.save
        setattr(CostLoad, name, lambda self, **kw: save(self, **kw) if kw else kill())
    else:
        setattr(owner, name, kill)
    load(CostSource.objects.get(pk=point))


def recover() -> None:
    killed = [state(point) for point in POINTS]
    # All but this one are known to be dead.
    without_folder = CostLoad.objects.filter(status="running", source="while-the-row-is-new")
    without_folder.update(heartbeat_at=F("started_at") - timedelta(hours=1))
    for source in CostSource.objects.all():
        load(source)
    for point, before in zip(POINTS, killed, strict=True):
        sys.stdout.write(f"{json.dumps([point, before, state(point)])}\n")


def state(source: str) -> dict[str, Any]:
    """What readers see of a source, and what is on disk but is no current or replaced file of any."""
    table = exp.select("sum(BilledCost)").from_("unified_costs").where(f"x_Source = '{source}'")
    published = CostLoad.objects.filter(status__in=CostLoad.PUBLISHED)
    known = {str(Lake().file(row)) for row in published}
    # A folder that only tells who wrote in it is left to sweep_loads.
    paths = [path for path in settings.COSTS_DIR.rglob("*") if path.name != holder.NAME]
    files = {str(path) for path in paths if path.is_file()}
    return {
        "billed": f"{Lake(keeps_results=False).run(table).rows[0][0]:f}",
        "statuses": sorted(CostLoad.objects.filter(source=source).values_list("status", flat=True)),
        "missing": sorted(known - files),
        "leftovers": sorted(files - known),
    }


def forked(work: Callable[[], object]) -> int:
    """Starts work in a process of its own. Neither the database nor DuckDB may be open."""
    if pid := os.fork():
        return pid
    try:
        work()
    finally:
        os._exit(1)


def ended(pid: int) -> int:
    """How a process ended: its exit code, or a signal below 0."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main(folder: str) -> None:
    for point in POINTS:
        # Of the account of the bills: one that lacked it would be a part of the month.
        whose = {"BillingAccountId": "111122223333", "SubAccountId": "444455556666"}
        publish(point, OCTOBER, ["1"], lake=None, x_Cloud="aws", **whose)
    connections.close_all()
    killed = {point: forked(partial(load_and_die, folder, point)) for point in POINTS}
    for point, pid in killed.items():
        assert ended(pid) == -signal.SIGKILL, point
    recover()


if __name__ == "__main__":
    main(sys.argv[1])
