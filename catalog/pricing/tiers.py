"""Tiered pricing: what each tier's slice of a month's usage costs, exact to the nano."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from typing import NamedTuple, Protocol

from catalog.pricing.decimals import EXACT, NANO, ROUNDED, exact_sum

# A month of hourly rates has 730 hours, which are 365/12 days.
_DAYS_PER_YEAR, _MONTHS_PER_YEAR = 365, 12
_SHARED_LEVELS = ("ACCOUNT", "PROJECT")


class Tier(Protocol):
    """From `start` usage units on, each usage unit costs `unit_price` USD."""

    @property
    def start(self) -> Decimal: ...
    @property
    def unit_price(self) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Aggregation:
    """The level and interval over which usage is added up before tiers apply."""

    level: str
    interval: str
    count: int

    @property
    def is_shared(self) -> bool:
        """Whether all usage of a project or account counts towards the same tiers."""
        return self.level in _SHARED_LEVELS

    @property
    def is_daily(self) -> bool:
        return self.interval == "DAILY"

    @property
    def per_month(self) -> tuple[int, int]:
        """How many times the tiers start over in a month, as a ratio."""
        if self.is_daily:
            return _DAYS_PER_YEAR, _MONTHS_PER_YEAR * self.count
        return 1, self.count


class Step(NamedTuple):
    """A tier in order, with its bounds: for comparison in base units, to show in usage units of a month.

    The former are scaled by the months, so that a daily allowance times 365/12 stays exact.
    """

    lower: Decimal
    upper: Decimal | None
    start: Decimal
    end: Decimal | None
    unit_price: Decimal


@dataclass(frozen=True)
class Price:
    """A SKU's tiers, the base units in a usage unit, and the aggregation."""

    tiers: tuple[Tier, ...]
    unit_size: Decimal
    aggregation: Aggregation

    @cached_property
    def is_complete(self) -> bool:
        """Whether every amount of usage has a rate, that is, whether the first tier starts at 0."""
        return bool(self.tiers) and min(tier.start for tier in self.tiers) <= 0

    @cached_property
    def free_allowance(self) -> Decimal:
        """The usage units a month that all usage of an account or project shares for nothing; 0 if none."""
        first, *others = sorted(self.tiers, key=lambda tier: tier.start)[:2]
        if not others or first.start or first.unit_price or not self.aggregation.is_shared:
            return Decimal(0)
        periods, months = self.aggregation.per_month
        return ROUNDED.divide(EXACT.multiply(others[0].start, periods), Decimal(months))

    @cached_property
    def only_rate(self) -> Decimal | None:
        """What a usage unit costs whatever the usage; None if that depends on it."""
        tiers = self.tiers
        return tiers[0].unit_price if len(tiers) == 1 and not tiers[0].start else None

    @cached_property
    def scaled_unit(self) -> Decimal:
        """The base units in a usage unit, scaled as the steps are."""
        return EXACT.multiply(self.unit_size, self.aggregation.per_month[1])

    @cached_property
    def steps(self) -> list[Step]:
        periods, _ = self.aggregation.per_month
        tiers = sorted(self.tiers, key=lambda tier: tier.start)
        bounds = [EXACT.multiply(EXACT.multiply(tier.start, self.unit_size), periods) for tier in tiers]
        starts = [ROUNDED.divide(bound, self.scaled_unit) for bound in bounds]
        upper, ends = [*bounds[1:], None], [*starts[1:], None]
        prices = [tier.unit_price for tier in tiers]
        return [Step(*step) for step in zip(bounds, upper, starts, ends, prices, strict=True)]


class Slice(NamedTuple):
    """The part of a month's usage that falls into one tier. Amounts are in usage units, money in USD."""

    start: Decimal
    end: Decimal | None
    quantity: Decimal
    unit_price: Decimal
    cost: Decimal


def price_month(quantities: Sequence[Decimal], price: Price) -> list[list[Slice]]:
    """Price one month of usage (Cloud Billing Catalog API, `PricingExpression` and `AggregationInfo`).

    Args:
        quantities: the usage of each item, in base units.
        price: a complete price, in USD per usage unit.

    Returns:
        Each item's slices. If the tiers are shared, the items are priced together and each gets its share of
        every slice in proportion to its usage, in whole nanos that add up to the slice's cost.
    """
    if price.aggregation.is_shared and len(quantities) > 1:
        return _split(_slices(exact_sum(quantities), price), quantities)
    return [_slices(quantity, price) for quantity in quantities]


def cost_of_month(quantity: Decimal, price: Price) -> Decimal:
    """What one month of usage costs in USD: the sum of the slices of price_month, with less work.

    Args:
        quantity: the usage, in base units.
        price: a complete price, in USD per usage unit.
    """
    if price.only_rate is not None:
        # Most prices have one tier. The months would scale its usage and its unit alike.
        cost = EXACT.multiply(quantity, price.only_rate)
        return _divide_to_nanos(cost, price.unit_size) if quantity > 0 else Decimal(0)
    unit = price.scaled_unit
    return exact_sum(
        _divide_to_nanos(EXACT.multiply(amount, step.unit_price), unit)
        for step, amount in _amounts(quantity, price)
    )


def _slices(quantity: Decimal, price: Price) -> list[Slice]:
    unit = price.scaled_unit
    return [
        Slice(
            start=step.start,
            end=step.end,
            quantity=ROUNDED.divide(amount, unit),
            unit_price=step.unit_price,
            cost=_divide_to_nanos(EXACT.multiply(amount, step.unit_price), unit),
        )
        for step, amount in _amounts(quantity, price)
    ]


def _amounts(quantity: Decimal, price: Price) -> Iterator[tuple[Step, Decimal]]:
    """The tiers that usage reaches, each with how much of it falls there, scaled as the steps are."""
    usage = EXACT.multiply(quantity, price.aggregation.per_month[1])
    for step in price.steps:
        amount = EXACT.subtract(usage if step.upper is None else min(usage, step.upper), step.lower)
        if amount > 0:
            yield step, amount


def _split(slices: Sequence[Slice], quantities: Sequence[Decimal]) -> list[list[Slice]]:
    total = exact_sum(quantities)
    shares: list[list[Slice]] = [[] for _ in quantities]
    for part in slices:
        costs = _apportion(part.cost, quantities, total)
        for share, quantity, cost in zip(shares, quantities, costs, strict=True):
            if quantity:
                amount = ROUNDED.divide(ROUNDED.multiply(part.quantity, quantity), total)
                share.append(part._replace(quantity=amount, cost=cost))
    return shares


def _apportion(cost: Decimal, weights: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """Split `cost` by weight into whole nanos; the largest remainders get the nanos that are left over."""
    exact = [ROUNDED.divide(EXACT.multiply(cost, weight), total) for weight in weights]
    floors = [share.quantize(NANO, ROUND_FLOOR, ROUNDED) for share in exact]
    nanos_left = int(EXACT.divide(EXACT.subtract(cost, exact_sum(floors)), NANO))
    by_remainder = sorted(
        range(len(exact)), key=lambda i: ROUNDED.subtract(exact[i], floors[i]), reverse=True
    )
    for i in by_remainder[:nanos_left]:
        floors[i] = EXACT.add(floors[i], NANO)
    return floors


def _divide_to_nanos(dividend: Decimal, divisor: Decimal) -> Decimal:
    return ROUNDED.quantize(ROUNDED.divide(dividend, divisor), NANO)
