"""Entries of an estimate at their cost: tiers and free allowances are granted once over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.pricing.decimals import EXACT, exact_sum
from catalog.pricing.entries import Entry
from catalog.pricing.resources.composed import Composed
from catalog.pricing.resources.discounts import sustained_use_rows
from catalog.pricing.resources.rows import Costs
from catalog.pricing.tiers import Slice, price_month
from catalog.pricing.usage import Line


@dataclass(frozen=True, slots=True)
class Priced:
    """An entry with what its lines cost; None if it is not priced."""

    entry: Entry
    costs: Costs | None = None

    @property
    def cost(self) -> Decimal | None:
        """The cost over all months in USD; None if it is not priced, or something has to be chosen first."""
        return self.costs.total if self.costs else None

    @property
    def is_partial(self) -> bool:
        """Whether the cost lacks something."""
        composed = self.entry.composed
        return self.cost is None or bool(composed and composed.missing)


def price(entries: Sequence[Entry], months: int) -> list[Priced]:
    """Price entries together.

    Args:
        entries: the entries of one estimate.
        months: the number of months, each with this usage.

    Returns:
        The same entries with their costs, exact to the nano.
    """
    slices = iter(_price_lines([line for entry in entries for line in entry.lines]))
    return [_priced(entry, [next(slices) for _ in entry.lines], months) for entry in entries]


def total(priced: Iterable[Priced]) -> Decimal | None:
    """What entries cost together, None if none of them has a cost."""
    costs = [each.cost for each in priced if each.cost is not None]
    return exact_sum(costs) if costs else None


def month(composed: Composed, costs: Costs) -> Decimal:
    """What one month of a priced resource costs, in USD."""
    parts = [exact_sum(part.cost for part in own) for own in costs.slices]
    components = zip(composed.components, parts, strict=True)
    _, discount = sustained_use_rows(components, composed.wanted.request.hours)
    return EXACT.add(exact_sum(parts), discount)


def _priced(entry: Entry, slices: Sequence[Sequence[Slice]], months: int) -> Priced:
    if entry.not_priced is not None:
        return Priced(entry)
    costs = [EXACT.multiply(exact_sum(part.cost for part in own), months) for own in slices]
    if entry.composed is None:
        return Priced(entry, Costs(costs, slices, (), costs[0]))
    components = zip(entry.composed.components, costs, strict=True)
    discounts, discount = sustained_use_rows(components, entry.composed.wanted.request.hours)
    whole = None if entry.composed.choices else EXACT.add(exact_sum(costs), discount)
    return Priced(entry, Costs(costs, slices, discounts, whole))


def _price_lines(lines: Sequence[Line]) -> list[list[Slice]]:
    """Each line's slices; lines of one SKU are priced together, so that shared tiers are granted once."""
    by_sku: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        by_sku.setdefault(line.sku.pk, []).append(position)
    slices: list[list[Slice]] = [[] for _ in lines]
    for positions in by_sku.values():
        shared = lines[positions[0]].list_price.price
        priced = price_month([lines[position].base_quantity for position in positions], shared)
        for position, parts in zip(positions, priced, strict=True):
            slices[position] = parts
    return slices
