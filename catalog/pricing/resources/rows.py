"""Priced resources as rows of an answer, and why others have no price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.offers.resources.request import HOURS_PER_MONTH
from catalog.offers.resources.terms import AS_WORDS, USAGE_TYPES
from catalog.pricing.answers import ComponentRow, CostSlice, DiscountRow, NotPriced, ResourceLine
from catalog.pricing.decimals import plain
from catalog.pricing.model_rate import RateSource
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.sku_details import pricing
from catalog.pricing.tiers import Slice

MAX_REGIONS = 10
# The months that a commitment is owed for.
COMMITTED = {"1y": 12, "3y": 36}


@dataclass(frozen=True, slots=True)
class Costs:
    """What a resource costs over all months in USD, by component; `slices` are their tiers for one month.

    `total` counts the discounts too; None if something has to be chosen first.
    """

    costs: Sequence[Decimal]
    slices: Sequence[Sequence[Slice]]
    discounts: Sequence[DiscountRow]
    total: Decimal | None


def resource_line(composed: Composed, cost: Costs, *, detailed: bool) -> ResourceLine:
    """The row of a resource; `detailed` adds the list prices in full."""
    request = composed.wanted.request
    components = [
        _component(*row, detailed=detailed)
        for row in zip(composed.components, cost.costs, cost.slices, strict=True)
    ]
    place = composed.wanted.place
    return {
        "label": request.label,
        "resource": composed.wanted.bill.resource,
        "region": place.label if place else None,
        "usage_type": USAGE_TYPES[composed.wanted.term],
        "quantity": plain(request.quantity),
        "hours": plain(request.hours),
        "cost": None if cost.total is None else plain(cost.total),
        "partial": bool(composed.missing or composed.choices),
        "components": components,
        "discounts": list(cost.discounts),
        "missing": list(composed.missing),
        "not_included": list(composed.wanted.bill.not_included),
        "ambiguous_in": [
            {"attribute": choice.attribute, "values": list(choice.values), "ask": choice.ask}
            for choice in composed.choices
        ]
        or None,
        "notes": notes_of(composed),
    }


def _component(
    component: Component, cost: Decimal, slices: Sequence[Slice], *, detailed: bool
) -> ComponentRow:
    row: ComponentRow = {
        "part": component.part.name,
        "sku_id": component.listing.sku.sku_id,
        "usage_type": USAGE_TYPES[component.term],
        "quantity": plain(component.quantity),
        "unit": component.part.unit,
        "cost": plain(cost),
    }
    if len(slices) > 1 or detailed:
        row["tiers"] = [cost_slice(part) for part in slices]
    if component.source is RateSource.COMMUNITY:
        row["source"] = component.source.value
    elif detailed:
        row["display_name"] = component.listing.sku.display_name
        row["pricing"] = pricing(component.list_price)
    return row


def cost_slice(part: Slice) -> CostSlice:
    """A tier's slice of a month's usage, for answers."""
    return {
        "start": plain(part.start),
        "end": None if part.end is None else plain(part.end),
        "quantity": plain(part.quantity),
        "unit_price": plain(part.unit_price),
        "cost": plain(part.cost),
    }


def notes_of(composed: Composed) -> list[str]:
    """What has to be said about the price of a resource, in sentences."""
    notes = list(composed.wanted.bill.notes)
    if composed.missing:
        notes.append(f"Without {listed(composed.missing)}, of which the catalog has no price here.")
    if composed.wanted.term in COMMITTED and composed.wanted.request.hours < HOURS_PER_MONTH:
        notes.append(f"A commitment is paid for all {HOURS_PER_MONTH} hours of a month, used or not.")
    if composed.on_demand:
        bought = AS_WORDS[composed.wanted.term]
        notes.append(f"Not sold {bought}, so on demand: {', '.join(composed.on_demand)}.")
    notes += [component.note for component in composed.components if component.note]
    return notes


def not_priced(composed: Composed) -> NotPriced:
    """Why a resource has no price."""
    return {
        "label": composed.wanted.request.label,
        "resource": composed.wanted.bill.resource,
        "reason": "not_sold" if composed.sold_in else "no_price",
        "message": why_unpriced(composed),
    }


def why_unpriced(composed: Composed) -> str:
    """Why a resource has no price, in a sentence: where it is sold instead, or which parts nobody sells."""
    wanted = composed.wanted
    bought, name = AS_WORDS[wanted.term], wanted.bill.resource
    if wanted.bill.attached:
        name = f"{name} with {wanted.bill.attached}"
    if composed.sold_in and wanted.place:
        where = some_of(composed.sold_in)
        return f"{name} is not sold {bought} in {wanted.place.label}; it is in {where}."
    if composed.reason:
        return f"{name}: {composed.reason}"
    parts = listed(composed.missing)
    return f"{name} is not sold {bought}: the catalog has no such price of its {parts}."


def some_of(regions: Sequence[str]) -> str:
    """The first regions in a sentence, and how many more there are."""
    more = len(regions) - MAX_REGIONS
    return ", ".join(regions[:MAX_REGIONS]) + (f" and {more} more" if more > 0 else "")


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
