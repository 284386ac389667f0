"""Months of few columns, published without a bill: for tests of the store alone."""

from __future__ import annotations

import secrets
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
from costs.store.stored_loads import LoadStore


def publish(
    source: str,
    month: str,
    costs: Sequence[str],
    lake: LoadStore | None = None,
    *,
    estimate_of: str | None = None,
    **values: str | Sequence[str],
) -> CostLoad:
    """A new current load with a charge for each of `costs`; `values` are other columns of all charges.

    A list has the value of each charge.

    Args:
        estimate_of: the account that it is an estimate of; None if it is a bill.
    """
    lake = lake or Lake()
    now = timezone.now()
    key = f"{month}-{source}-{secrets.token_hex(4)}"
    CostSource.objects.get_or_create(name=source)
    load = CostLoad.objects.create(
        pk=key,
        source_id=source,
        billing_period=month,
        path=f"{month}/{key}.parquet",
        status=CostLoad.Status.RUNNING,
        started_at=now,
        heartbeat_at=now,
        is_estimate=estimate_of is not None,
        account=estimate_of or "",
    )
    values |= {"x_IsEstimate": "true"} if estimate_of is not None else {}
    with lake.workspace(key) as folder:
        written = write_file(folder, costs, x_Source=source, **values)
        lake.stage(load, written)
        with transaction.atomic():
            lake.publish(load, written)
    return load


def write_file(folder: Path, costs: Sequence[str], **values: str | Sequence[str]) -> Written:
    fixed = {"BillingCurrency": "USD", **values}
    of_charges = {
        name: [value] * len(costs) if isinstance(value, str) else value for name, value in fixed.items()
    }
    with open_writer(folder, []) as connection:
        names = ", ".join(f'"{name}" varchar' for name in fixed)
        connection.execute(f"create table costs (BilledCost decimal(38, 18), {names})")
        row = f"(?, {', '.join('?' * len(fixed))})"
        connection.execute(
            f"insert into costs values {', '.join([row] * len(costs))}",  # noqa: S608  # placeholders
            [
                value
                for number, cost in enumerate(costs)
                for value in (Decimal(cost), *(each[number] for each in of_charges.values()))
            ],
        )
        return write(connection, _charges(("BilledCost", *fixed)), folder / "charges.parquet")


@cache
def _charges(filled: tuple[str, ...]) -> exp.Select:
    selected = [
        exp.alias_(
            exp.cast(exp.column(name, quoted=True) if name in filled else exp.null(), column.kind.value),
            name,
            quoted=True,
        )
        for name, column in columns().items()
    ]
    return exp.select(*selected).from_("costs")
