"""Prices of the own bill: what the same tokens cost on the last days that are loaded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.pricing.decimals import ROUNDED, exact_sum
from costs.errors import NotLoadedError
from costs.query.snapshot import Snapshot, take
from costs.reports.effective_prices import DayOfTokens, days_of_tokens
from costs.store.base import CostStore
from live.rates import Key, Price, PriceSource

# The last days with such tokens, among those of this time; older prices may have been renegotiated.
DAYS = 7
_LOOK_BACK = timedelta(days=35)
# Of one token; a million of them is exact to the nano.
_PLACES = Decimal("1e-15")
# What a metric may not tell. The model, its direction and the cloud are always told.
_AXES = ("cache", "tier", "scope", "modality", "context")

Group = tuple[str | None, ...]


class BillPrices:
    """Effective prices by cloud, model and direction.

    Args:
        days: the tokens of the bill.
    """

    def __init__(self, days: Sequence[DayOfTokens]) -> None:
        self._days: defaultdict[Group, list[DayOfTokens]] = defaultdict(list)
        for day in days:
            self._days[day.axes["cloud"], day.axes["model"], day.axes["direction"]].append(day)

    @classmethod
    def of(cls, store: CostStore, at: datetime, *, is_demo: bool) -> BillPrices:
        """The prices of what was loaded at a time, of the demo or really; none if nothing was."""
        today = at.date()
        try:
            bills = bills_of(take(store, at), is_demo=is_demo)
        except NotLoadedError:
            return cls([])
        return cls(
            days_of_tokens(bills, today - _LOOK_BACK, today + timedelta(days=1)) if bills.loads else []
        )

    def price(self, key: Key) -> Price | None:
        """The price of the account, else that of the cloud's accounts together."""
        days = self._days.get((key.cloud, key.model, key.direction), [])
        own = [day for day in days if account_name(day.axes["account"]) == account_name(key.account)]
        for found, whose in ((own, ""), (days, "of other accounts, ")):
            if price := _price(_alike(found, key), key, whose):
                return price
        return None


def bills_of(costs: Snapshot, *, is_demo: bool) -> Snapshot:
    """The loads that usage is set beside: those of the demo for its own, and real ones for real usage."""
    return replace(costs, loads=[load for load in costs.loads if load.is_demo == is_demo])


def account_name(name: str | None) -> str:
    """An account as metrics spell it: bills of Azure write /subscriptions/ before it."""
    return f"{name}".rpartition("/")[2].casefold()


def _alike(days: Sequence[DayOfTokens], key: Key) -> Sequence[DayOfTokens]:
    """Days of tokens that are what the key tells, or of which the bill does not tell it."""
    # Not all bills spell regions as metrics do.
    days = [day for day in days if day.axes["region"] == key.region] or days
    for axis in _AXES:
        if groups := key.values(axis):
            alike = ([day for day in days if day.axes[axis] in values] for values in groups)
            days = next(filter(None, alike), [])
    return days


def _price(days: Sequence[DayOfTokens], key: Key, whose: str) -> Price | None:
    last = sorted({day.day for day in days})[-DAYS:]
    counted = [day for day in days if day.day in last]
    currencies = {day.axes["currency"] for day in counted}
    tokens, cost = exact_sum(day.tokens for day in counted), exact_sum(day.cost for day in counted)
    # A bill in two currencies has no one price; one of 0 is covered by a commitment, or not priced yet.
    if len(currencies) != 1 or cost <= 0 or not tokens:
        return None
    per_token = ROUNDED.quantize(ROUNDED.divide(cost, tokens), _PLACES)
    span = f"{last[0]}" if len(last) == 1 else f"{last[0]} to {last[-1]}"
    assumes = tuple(f"{axis} as billed" for axis in _mixed(counted, key))
    return Price(
        per_token, f"{currencies.pop()}", PriceSource.BILL, last[-1], f"bill {whose}{span}", assumes=assumes
    )


def _mixed(days: Sequence[DayOfTokens], key: Key) -> Iterator[str]:
    """The axes whose shares are taken from the bill, because the metric does not tell them."""
    for axis in _AXES:
        if getattr(key, axis) is None and len({day.axes[axis] for day in days}) > 1:
            yield axis
