"""What parts of an estimate cost: by label, region or resource."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from catalog.pricing.answers import GroupRow
from catalog.pricing.decimals import plain
from catalog.pricing.entries import Entry
from catalog.pricing.priced import Priced, total

GroupBy = Literal["label", "region", "resource"]


def groups(priced: Iterable[Priced], by: GroupBy) -> list[GroupRow]:
    """Add up entries that have something in common.

    Args:
        priced: all entries of an estimate, those without a price too.
        by: what they have in common; of usage of a SKU, "resource" is its id.

    Returns:
        Each group once, the dearest first; the costs add up to the total of the estimate exactly.
    """
    found: dict[str | None, list[Priced]] = {}
    for each in priced:
        found.setdefault(_value(each.entry, by), []).append(each)
    costs = {value: total(members) for value, members in found.items()}
    ranked = sorted(found, key=lambda value: (costs[value] is None, -(costs[value] or 0)))
    return [_row(by, value, found[value]) for value in ranked]


def _row(by: GroupBy, value: str | None, members: list[Priced]) -> GroupRow:
    cost = total(members)
    return {
        "by": by,
        "value": value,
        "cost": None if cost is None else plain(cost),
        "items": len(members),
        "partial": any(each.is_partial for each in members),
    }


def _value(entry: Entry, by: GroupBy) -> str | None:
    match by:
        case "label":
            return entry.item.label
        case "region":
            return entry.region
        case "resource":
            return entry.resource
