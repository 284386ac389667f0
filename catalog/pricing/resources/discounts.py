"""Discounts that Google gives by itself: for sustained use."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from catalog.offers.resources.request import HOURS_PER_MONTH
from catalog.offers.resources.series import sustained_use
from catalog.pricing.answers import DiscountRow
from catalog.pricing.decimals import EXACT, NANO, ROUNDED, exact_sum, plain
from catalog.pricing.resources.composed import Component
from catalog.pricing.resources.parts import ON_DEMAND

_RATE_PLACES = Decimal("1e-6")


def sustained_use_rows(
    components: Iterable[tuple[Component, Decimal]], hours: Decimal
) -> tuple[list[DiscountRow], Decimal]:
    """The sustained-use discounts of a resource.

    Args:
        components: the components with what each costs, in USD.
        hours: how long each machine runs in a month.

    Returns:
        A row for each discount, and their sum, which is zero or negative.
    """
    costs: dict[str, list[Decimal]] = {}
    for component, cost in components:
        if component.part.sustained_use and component.term == ON_DEMAND:
            costs.setdefault(component.part.sustained_use, []).append(cost)
    rows: list[DiscountRow] = []
    amounts = []
    for name, each in costs.items():
        amount = _discount(exact_sum(each), name, hours)
        if amount:
            amounts.append(amount)
            rows.append(
                {
                    "kind": "sustained_use",
                    "rate": rate_text(name, hours),
                    "amount": plain(amount),
                    "source": sustained_use(name).source,
                }
            )
    return rows, exact_sum(amounts)


# All machines of a list run for the same hours.
@lru_cache(maxsize=256)
def discount_rate(name: str, hours: Decimal) -> Decimal:
    """The share of the cost of a machine that is taken off, if it runs for `hours` of a month.

    Each quarter of the month is billed at its own share of the rate (data/machine_series.toml). Hours beyond
    730 are those of a longer month, which is used in full then.
    """
    return ROUNDED.subtract(Decimal(1), ROUNDED.divide(*_billed(name, hours)))


def rate_text(name: str, hours: Decimal) -> str:
    """The same for answers, to six places."""
    return plain(ROUNDED.quantize(discount_rate(name, hours), _RATE_PLACES))


def _billed(name: str, hours: Decimal) -> tuple[Decimal, Decimal]:
    """The hours that are billed, and those that are used."""
    shares = sustained_use(name).shares
    month = max(hours, HOURS_PER_MONTH)
    quarter = ROUNDED.divide(month, len(shares))
    billed = Decimal(0)
    for number, share in enumerate(shares):
        used = min(max(hours - quarter * number, Decimal(0)), quarter)
        billed = ROUNDED.add(billed, ROUNDED.multiply(used, share))
    return billed, hours or Decimal(1)


def _discount(cost: Decimal, name: str, hours: Decimal) -> Decimal:
    rate = discount_rate(name, hours)
    return EXACT.minus(ROUNDED.quantize(ROUNDED.multiply(cost, rate), NANO))
