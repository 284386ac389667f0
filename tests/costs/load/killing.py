"""A program that loads bills and is killed in the middle of it, at each of several points.

    python -m tests.costs.load.killing FOLDER

FOLDER has the bills of a month, before/ and after/. It loads the first, then the second, killed on the way;
it prints what is there then, and what is there after another load, as a line of JSON for each point.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402  # Django comes first
from django.db import connections  # noqa: E402
from django.db.models import F  # noqa: E402
from sqlglot import exp  # noqa: E402

from costs.load import job, load, month  # noqa: E402
from costs.models import CostLoad, CostSource  # noqa: E402
from costs.store import lake  # noqa: E402
from costs.store.lake import Lake  # noqa: E402


def kill(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


# What is replaced by `kill`: in the order of a load.
POINTS: dict[str, tuple[Any, str]] = {
    "while the row is new": (Lake, "workspace"),
    "while it is checked": (month, "check"),
    "before the file is written": (month, "stamp"),
    "after the file is written": (job.lease, "writing"),
    "after the file is in its place": (lake, "_sync_folder"),
    "between the old and the new row": (CostLoad, "save"),
    "after the rows are switched": (job, "_report"),
    "after it is current": (lake.shutil, "rmtree"),
}


def main(folder: Path) -> None:
    for number, (point, (owner, name)) in enumerate(POINTS.items()):
        source = CostSource.objects.create(name=f"bills{number}", location=str(folder / "before"))
        load(source)
        CostSource.objects.filter(pk=source.pk).update(location=str(folder / "after"))
        in_child(lambda source=source, owner=owner, name=name: killed(source.pk, owner, name))  # type: ignore[misc]
        killed_state = state(source.pk)
        CostLoad.objects.filter(status="running").update(heartbeat_at=F("started_at") - timedelta(hours=1))
        load(CostSource.objects.get(pk=source.pk))
        sys.stdout.write(f"{json.dumps([point, killed_state, state(source.pk)])}\n")


def killed(source: str, owner: Any, name: str) -> None:
    if owner is CostLoad:
        # The first save makes the row, the second one publishes it.
        save = CostLoad.save
        CostLoad.save = lambda self, **kw: save(self, **kw) if kw else kill()  # type: ignore[method-assign, assignment]
    else:
        setattr(owner, name, kill)
    load(CostSource.objects.get(pk=source))


def in_child(work: Callable[[], None]) -> None:
    connections.close_all()
    if child := os.fork():
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
        return
    try:
        work()
    finally:
        os._exit(1)


def state(source: str) -> dict[str, Any]:
    """What readers see of a source, and what is on disk but is no current or replaced file."""
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
    main(Path(sys.argv[1]))
