"""A program whose loads into BigQuery are killed. Each is a fork of it, so that Django is loaded once.

    python -m tests.costs.store.bigquery.killing FOLDER

loads the bills of the folder "old" for a source of each point, and those of "new" until that load is killed
at the point. Then it loads all again, and prints what questions say and what unified_costs has of each source
before and after, as a line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

import google.auth  # noqa: E402  # Django comes first
from django.db import connections  # noqa: E402
from google.auth.credentials import AnonymousCredentials  # noqa: E402
from sqlglot import exp  # noqa: E402

from costs.load import lease, twins  # noqa: E402
from costs.load.job import load  # noqa: E402
from costs.models import CostLoad, CostSource  # noqa: E402
from costs.store.bigquery.dataset import Dataset  # noqa: E402
from costs.store.bigquery.store import opened  # noqa: E402
from costs.store.bigquery.unified import Unified  # noqa: E402
from costs.store.configured import open_loads  # noqa: E402
from tests.costs.load.killing import ended, forked, kill  # noqa: E402

anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
setattr(google.auth, "default", lambda **_: (anonymous, "acme"))  # noqa: B010  # mypy refuses to assign it
setattr(twins, "others", lambda *_: [])  # noqa: B010  # all sources have the same bill

# What is replaced by `kill`: in the order of a load.
POINTS: dict[str, tuple[Any, str]] = {
    "before-the-upload": (Dataset, "load"),
    "after-the-upload": (lease, "writing"),
    "between-the-old-and-the-new-row": (CostLoad, "save"),
    "before-unified-costs-follows": (Unified, "settle"),
    "as-unified-costs-follows": (Dataset, "run"),
}


def _run_and_die(run: Callable[..., Any], dataset: Dataset, sql: str) -> None:
    run(dataset, sql)
    if sql.startswith("BEGIN"):
        kill()


def load_and_die(folder: str, point: str) -> None:
    CostSource.objects.filter(pk=point).update(location=folder)
    owner, name = POINTS[point]
    before: Callable[..., Any] = getattr(owner, name)
    if owner is CostLoad:
        # The first save makes the row, the second one publishes it.
        setattr(owner, name, lambda self, **kw: before(self, **kw) if kw else kill())
    elif name == "run":
        # BigQuery goes on, or has not begun: either is whole.
        setattr(owner, name, lambda self, sql: _run_and_die(before, self, sql))
    else:
        setattr(owner, name, kill)
    load(CostSource.objects.get(pk=point))


def state(source: str) -> dict[str, Any]:
    """What questions say of a source, and what others read in unified_costs."""
    total = exp.select("sum(BilledCost)").from_("unified_costs").where(f"x_Source = '{source}'")
    store = open_loads()
    dataset, unified = opened(store._place)  # type: ignore[attr-defined]  # noqa: SLF001
    name = dataset.name_of("unified_costs")
    _, [[there]], _ = dataset.ask(f"SELECT SUM(BilledCost) FROM `{name}` WHERE x_Source = '{source}'")
    own = {f"load_{row.pk.replace('-', '_')}" for row in CostLoad.objects.exclude(path="")}
    tables = {table for table in dataset.tables() if table.startswith("load_")}
    unified._moment = None  # noqa: SLF001  # as in another process
    return {
        "asked": f"{store.run(total).rows[0][0]:f}",
        "unified": f"{there:f}",
        "statuses": sorted(CostLoad.objects.filter(source=source).values_list("status", flat=True)),
        "strays": sorted(tables - own),
    }


def main(folder: Path) -> None:
    for point in POINTS:
        source = CostSource.objects.create(name=point, location=str(folder / "old"))
        assert not load(source).problems()
    opened.cache_clear()
    connections.close_all()
    for point in POINTS:
        assert ended(forked(partial(load_and_die, str(folder / "new"), point))) == -signal.SIGKILL, point
    killed = [state(point) for point in POINTS]
    for source in CostSource.objects.all():
        assert not load(source).problems()
    for point, before in zip(POINTS, killed, strict=True):
        sys.stdout.write(f"{json.dumps([point, before, state(point)])}\n")


if __name__ == "__main__":
    os.environ.setdefault("GOOGLE_CLOUD_PROJECT", "acme")
    main(Path(sys.argv[1]))
