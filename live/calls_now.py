"""The answer to what the calls cost that were sent to the intake, by customer and by feature, now.

The same tokens are in the clouds' metrics, which live/now.py answers by: neither is part of the other's sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from django.core.cache import cache
from django.utils import timezone

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.pricing.decimals import exact_sum, plain
from costs.store.base import CostStore
from live.answer import CONTRACT, CostTotal, utc
from live.basis import basis, cache_hints, look
from live.cost import totals, unpriced_hint, unpriced_tokens
from live.costed import Costed, cost_of, prices_at
from live.providers.source import minute_of
from live.question import CALLS, LiveQuestion
from live.sources import of_calls

MINUTES = 60
# Of customers, and of features, in each part; what is left out is counted in its totals.
MAX_ROWS = 20
_KEPT_SECONDS = 120


class CallsRow(TypedDict):
    """Tokens of a customer or feature with a price, or those without, of which `cost` is null.

    `name` is null for the calls of none.
    """

    name: str | None
    tokens: str
    cost: str | None
    currency: str | None
    is_upper_bound: bool


class CallsPart(TypedDict):
    """What the calls of a time cost, by customer and by feature: each of the two has all of it."""

    start: str
    end: str
    tokens: str
    unpriced_tokens: str
    totals: list[CostTotal]
    customers: list[CallsRow]
    customers_left_out: int
    features: list[CallsRow]
    features_left_out: int


class CallsNow(TypedDict):
    """What the calls that were sent cost in the last hour and this day; others are in no figure."""

    contract: Literal["1"]
    as_of: str
    basis: str
    last_hour: CallsPart
    this_day: CallsPart
    is_estimate: bool
    is_demo: bool
    hint: str | None


def kept_calls(store: CostStore) -> CallsNow | None:
    """As `calls_now` says, of this minute: many may look at the same time. None if none were sent."""
    now = timezone.now()
    key = f"live-calls-{minute_of(now)}"
    found: CallsNow | None = cache.get(key)
    if found is None and of_calls():
        found = calls_now(store, now=now)
        cache.set(key, found, _KEPT_SECONDS)
    return found


def calls_now(store: CostStore, *, now: datetime | None = None) -> CallsNow:
    """Say what the calls that were sent cost, by customer and by feature.

    Args:
        store: the loaded costs, which have the own prices.
        now: the time; None for the clock's.

    Returns:
        The answer, with amounts as decimal strings in the currency of their price. Tokens without a price are
        in no total.

    Raises:
        NoLiveDataError: no calls were sent.
    """
    now = now or timezone.now()
    hour = look(LiveQuestion(minutes=MINUTES, basis=CALLS), now)
    day = look(LiveQuestion(day=now.date(), basis=CALLS), now)
    prices = prices_at(store, now, is_demo=hour.is_demo)
    of_hour, of_day = cost_of(hour, prices), cost_of(day, prices)
    on_cache = cache_hints(each.price for each in (*of_hour, *of_day) if each.price)
    hints = [*on_cache, *unpriced_hint(unpriced_tokens(of_day))]
    common = basis(day, is_complete=False, hints=hints)
    return {
        "contract": CONTRACT,
        "as_of": common["as_of"],
        "basis": common["basis"],
        "last_hour": _part(hour.start, hour.end, of_hour),
        "this_day": _part(day.start, day.end, of_day),
        "is_estimate": True,
        "is_demo": common["is_demo"],
        "hint": common["hint"],
    }


def _part(start: datetime, end: datetime, costed: Sequence[Costed]) -> CallsPart:
    customers, features = _rows("customer", costed), _rows("feature", costed)
    return {
        "start": utc(start),
        "end": utc(end),
        "tokens": f"{sum(each.count.value for each in costed)}",
        "unpriced_tokens": f"{unpriced_tokens(costed)}",
        "totals": totals(costed),
        "customers": customers[:MAX_ROWS],
        "customers_left_out": len(customers[MAX_ROWS:]),
        "features": features[:MAX_ROWS],
        "features_left_out": len(features[MAX_ROWS:]),
    }


def _rows(by: str, costed: Iterable[Costed]) -> list[CallsRow]:
    groups: defaultdict[tuple[str, str], list[Costed]] = defaultdict(list)
    for each in costed:
        groups[getattr(each.count.series, by), each.price.currency if each.price else ""].append(each)
    rows = [_row(name, currency, found) for (name, currency), found in groups.items()]
    return sorted(rows, key=_dearest_first)


def _row(name: str, currency: str, costed: Sequence[Costed]) -> CallsRow:
    cost = exact_sum(each.cost for each in costed if each.cost is not None)
    return {
        "name": name or None,
        "tokens": f"{sum(each.count.value for each in costed)}",
        "cost": plain(cost) if currency else None,
        "currency": currency or None,
        "is_upper_bound": any(each.price.is_upper_bound for each in costed if each.price),
    }


def _dearest_first(row: CallsRow) -> tuple[bool, Decimal, int, str]:
    """Tokens without a price come first: what they cost is not known."""
    cost = row["cost"]
    return cost is not None, -Decimal(cost or 0), -int(row["tokens"]), f"{row['name']}"
