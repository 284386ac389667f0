"""Programs of a load that is killed. Each is a process of its own.

    python -m tests.costs.load.killing load FOLDER
    python -m tests.costs.load.killing kill FOLDER POINT
    python -m tests.costs.load.killing recover

`load` loads the bills of a folder into a source for each point. `kill` loads those of another folder into the
source of POINT, and is killed there. `recover` loads all sources again; it prints what readers see of each
source before and after, as a line of JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  # Django comes first
from django.db.models import F  # noqa: E402
from sqlglot import exp  # noqa: E402

from costs.load import job, lease, month, twins  # noqa: E402
from costs.load.job import load  # noqa: E402
from costs.models import CostLoad, CostSource  # noqa: E402
from costs.store import lake  # noqa: E402
from costs.store.lake import Lake  # noqa: E402


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
    "after-the-rows-are-switched": (job, "_report"),
    "after-it-is-current": (shutil, "rmtree"),
}


def load_all(folder: str) -> None:
    for point in POINTS:
        load(CostSource.objects.create(name=point, location=folder))


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
    CostLoad.objects.filter(status="running").update(heartbeat_at=F("started_at") - timedelta(hours=1))
    for source in CostSource.objects.all():
        load(source)
    for point, before in zip(POINTS, killed, strict=True):
        sys.stdout.write(f"{json.dumps([point, before, state(point)])}\n")


def state(source: str) -> dict[str, Any]:
    """What readers see of a source, and what is on disk but is no current or replaced file of any."""
    table = exp.select("sum(BilledCost)").from_("unified_costs").where(f"x_Source = '{source}'")
    published = CostLoad.objects.filter(status__in=CostLoad.PUBLISHED)
    known = {str(Lake().file(row)) for row in published}
    files = {str(path) for path in settings.COSTS_DIR.rglob("*") if path.is_file()}
    return {
        "billed": f"{Lake().run(table).rows[0][0]:f}",
        "statuses": sorted(CostLoad.objects.filter(source=source).values_list("status", flat=True)),
        "missing": sorted(known - files),
        "leftovers": sorted(files - known),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["load", folder]:
            load_all(folder)
        case ["kill", folder, point]:
            load_and_die(folder, point)
        case _:
            recover()
