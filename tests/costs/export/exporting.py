"""Exports what is loaded, and loads it again instead."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlglot import exp

from costs.export.export import Wanted, export
from costs.export.report import Report
from costs.focus.columns import columns
from costs.load.job import load
from costs.load.withdraw import withdraw
from costs.models import CostLoad
from costs.store.lake import Lake
from tests.costs.bills import make_source
from tests.costs.providers.writers import rows, write_csv

# What each load has of its own.
_OF_LOAD = ("x_Source", "x_LoadId")


def write(path: Path, wanted: Wanted | None = None, *, force: bool = False) -> Report:
    path.parent.mkdir(parents=True, exist_ok=True)
    return export(Lake(), wanted or Wanted(), path, force=force, progress=lambda _: None)


def load_rich(folder: Path) -> None:
    """Bills of three clouds that fill all columns which FOCUS 1.2 wants of them."""
    for cloud in ("aws", "azure", "gcp"):
        write_csv(folder / cloud / "may.csv", rows(cloud, count=60))
        (month,) = load(make_source(folder / cloud, cloud)).months
        assert not month.error


def load_instead(folder: Path) -> None:
    """Load the files of a folder instead of what is loaded."""
    withdraw(CostLoad.objects.current().select_related("source"))
    report = load(make_source(folder, f"again-{folder.name}"))
    assert not report.problems()


def charges(without: Collection[str] = ()) -> list[tuple[Any, ...]]:
    """All charges, in all columns but some, in order."""
    names = [name for name in columns() if name not in {*_OF_LOAD, *without}]
    select = exp.select(*(exp.column(name, quoted=True) for name in names)).from_("unified_costs")
    return sorted(Lake(keeps_results=False).run(select).rows, key=repr)
