"""How fresh the costs are: the loaded months of each source, and what was not brought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import plain
from costs.load.report import amounts
from costs.query.snapshot import Snapshot
from costs.reports.shown import Column, column
from costs.store.base import LoadedMonth

COLUMNS: Sequence[Column] = (
    column("source", "Source", "text"),
    column("billing_month", "Month", "day"),
    column("currency", "Currency", "text"),
    column("billed_cost", "Billed cost", "money"),
    column("charges", "Charges of the load", "count"),
    column("delivered_at", "Delivered", "day"),
    column("loaded_at", "Loaded", "day"),
    column("load", "Load", "text"),
    column("says", "To know", "text"),
)


def loads(costs: Snapshot) -> list[dict[str, Any]]:
    """A row for each loaded month and currency, the latest month first.

    Returns:
        Rows of COLUMNS; `charges` are those of the load in all currencies.
    """
    latest_first = sorted(costs.loads, key=lambda load: load.source)
    latest_first.sort(key=lambda load: load.billing_period, reverse=True)
    return [_row(load, currency) for load in latest_first for currency in sorted(load.billed)]


def troubles(costs: Snapshot) -> list[str]:
    """A sentence for each source that could not be read, and each month whose newest delivery was refused."""
    found = []
    for source in costs.sources:
        if not source.was_read:
            found.append(f"The source {source.name} could not be read the last time.")
        found += [
            f"{source.name} {refusal.month} was not loaded on {refusal.at:%Y-%m-%d}: {refusal.why}"
            for refusal in source.refusals
        ]
    return found


def _says(load: LoadedMonth) -> Iterator[str]:
    """What is to be known of a load, in sentences."""
    if load.is_estimate:
        yield f"Estimate{f' of account {load.account}' if load.account else ''}, until a bill is loaded."
    for each in load.replaces:
        account = f" of account {each.account}" if each.account else ""
        yield f"Replaces the estimate by {each.source}{account}: {amounts(each.billed)}."
    yield from (doubt.says for doubt in load.doubts)


def _row(load: LoadedMonth, currency: str) -> dict[str, Any]:
    delivered = load.delivered_at or load.loaded_at
    return {
        "source": load.source,
        "billing_month": load.billing_period,
        "currency": currency,
        "billed_cost": plain(load.billed[currency]),
        "charges": load.rows,
        "delivered_at": utc_text(delivered),
        "loaded_at": utc_text(load.loaded_at),
        "load": load.id,
        "says": " ".join(_says(load)) or None,
    }
