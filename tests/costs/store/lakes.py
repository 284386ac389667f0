"""Months of few columns, published without a bill: for tests of the store alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from sqlglot import exp

from costs.focus.columns import columns
from costs.models import CostLoad, CostSource
from costs.store.engine import open_writer
from costs.store.files import Written, write
from costs.store.lake import Lake

_numbers = iter(range(10**9))


def publish(
    source: str, month: str, costs: Sequence[str], lake: Lake | None = None, **values: str
) -> CostLoad:
    """A new current load with a charge for each of `costs`; `values` are other columns of all charges."""
    lake = lake or Lake()
    now = timezone.now()
    key = f"{month}-{source}-{next(_numbers)}"
    CostSource.objects.get_or_create(name=source)
    load = CostLoad.objects.create(
        pk=key,
        source_id=source,
        billing_period=month,
        path=f"{month}/{key}.parquet",
        status=CostLoad.Status.RUNNING,
        started_at=now,
        heartbeat_at=now,
    )
    with lake.workspace(key) as folder:
        written = write_file(folder, costs, x_Source=source, **values)
        with transaction.atomic():
            lake.publish(load, written)
    return load


def write_file(folder: Path, costs: Sequence[str], **values: str) -> Written:
    with open_writer(folder, []) as connection:
        connection.execute("create table costs (cost decimal(38, 18))")
        connection.executemany("insert into costs values (?)", [[Decimal(cost)] for cost in costs])
        charges = exp.select(*_selected(tuple(values.items()))).from_("costs")
        return write(connection, charges, folder / "charges.parquet")


@cache
def _selected(values: tuple[tuple[str, str], ...]) -> list[exp.Expr]:
    fixed: dict[str, exp.Expr] = {name: exp.Literal.string(value) for name, value in values}
    fixed = {"BilledCost": exp.column("cost"), "BillingCurrency": exp.Literal.string("USD"), **fixed}
    return [
        exp.alias_(exp.cast(fixed.get(name, exp.null()), column.kind.value), name, quoted=True)
        for name, column in columns().items()
    ]
