"""The list prices of all models, worked out at the end of a sync and stored.

A page of models then reads one row in place of some thousand SKUs. catalog/pricing/derived.py says for how
long it holds: no figure is used that the tables do not have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from catalog.meters.meter import UsageKind
from catalog.pricing import list_prices
from catalog.pricing.derived import Kind, Source, source_of
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.model_lines import ListedModel, ListedRate, ModelLine, lines_of
from catalog.pricing.model_rate import Counted
from catalog.pricing.model_rates import every_rate, skus_counting

KIND = Kind("model prices", ("meters", "offers", "pricing", "providers"))


class Stored(NamedTuple):
    """The rows, which hold `until` another price takes effect; None if none is known to."""

    rows: Sequence[ListedModel]
    until: datetime | None


def find(snapshot: Snapshot) -> Stored | None:
    """The stored rows, if they are those that the tables have now. Takes one query."""
    row = KIND.find("", snapshot)
    return Stored(_read(row.content), row.until) if row else None


def renew() -> int:
    """Make the rows anew if what they were made from has changed.

    Returns:
        1 if they were written: not while a run of the sync is in progress, whose end renews them.
    """
    snapshot = list_prices.snapshot()
    return KIND.renew(
        lambda: _source(snapshot), lambda: {"": _text(lines_of(every_rate(snapshot).rates))}, snapshot
    )


def _source(snapshot: Snapshot) -> Source:
    """The SKUs that count tokens of a model, where they are sold, and their prices."""
    fields = ("sku_id", "developer", "model_id", "billing_model", "sku__service_regions")
    counted = [name for name in Counted._fields if name not in fields]
    rows = [*skus_counting(UsageKind.TOKENS).order_by("sku_id").values_list(*fields, *counted)]
    return source_of(rows, (row[0] for row in rows), snapshot)


def _text(rows: Iterable[ListedModel]) -> str:
    return json.dumps([_columns(each) for each in rows], ensure_ascii=False, separators=(",", ":"))


def _columns(each: ListedModel) -> list[Any]:
    rates = {
        kind: (f"{rate.price}", rate.sku_id, rate.effective_time and rate.effective_time.isoformat())
        for kind, rate in each.rates.items()
    }
    return [each.line, each.regions, rates, each.disputed]


def _read(content: str) -> list[ListedModel]:
    time = cache(datetime.fromisoformat)
    return [
        ListedModel(
            ModelLine(*line),
            tuple(regions),
            {
                kind: ListedRate(Decimal(price), sku_id, time(since) if since else None)
                for kind, (price, sku_id, since) in rates.items()
            },
            tuple(disputed),
        )
        for line, regions, rates, disputed in json.loads(content)
    ]
