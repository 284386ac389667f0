"""The calculate tool: what usage costs at list prices, with the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from catalog.errors import InvalidArgumentError, NoPriceError, NotFoundError
from catalog.pricing.answers import CalculateAnswer, CostItem, CostSlice, Total, utc_text
from catalog.pricing.decimals import EXACT, ROUNDED, exact_sum, plain
from catalog.pricing.details import pricing
from catalog.pricing.list_prices import Listing, Snapshot, look_up, snapshot
from catalog.pricing.sku_ids import nearest
from catalog.pricing.tiers import Slice, price_month
from catalog.pricing.usage import Item, Line, normal_items, parse_quantity, read_items

__all__ = ["Item", "calculate", "parse_quantity"]

MOST_MONTHS = 120
_CENT = Decimal("0.01")


def calculate(
    items: Sequence[Item],
    *,
    months: int = 1,
    moment: Snapshot | None = None,
    detailed: bool = False,
) -> CalculateAnswer:
    """Price usage exactly.

    Args:
        items: 1 to 100 items, each the usage of a month.
        months: how many such months.
        moment: the moment whose prices apply, now if left out.
        detailed: whether each item shows the whole list price that it was priced at.

    Returns:
        The answer of the tool contract. Money is in USD, exact to the nano.

    Raises:
        InvalidArgumentError: a number is out of bounds.
        NotFoundError: an item's SKU is not in the catalog.
        RegionMismatchError: an item's SKU is not sold in its region.
        UnitMismatchError: an item's unit does not measure what its SKU is priced by.
        NoPriceError: none of the items has a price.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise InvalidArgumentError(f"months is a number from 1 to {MOST_MONTHS}, not {months}.")
    items = normal_items(items)
    moment = moment or snapshot()
    listings = look_up((item.sku_id for item in items), moment)
    _check_found(items, listings)
    read = read_items(items, listings, moment.at)
    lines = [line for line in read if isinstance(line, Line)]
    not_priced = [line for line in read if not isinstance(line, Line)]
    if not lines:
        raise NoPriceError(not_priced[0]["message"], hint="Search for another SKU.", candidates=not_priced)
    slices = _price(lines)
    costs = [EXACT.multiply(exact_sum(part.cost for part in parts), months) for parts in slices]
    return {
        "total": _total(costs, partial=bool(not_priced)),
        "items": [_item(*row, detailed=detailed) for row in zip(lines, slices, costs, strict=True)],
        "not_priced": not_priced,
        "proof": {
            "pricing_info_ids": list(dict.fromkeys(line.list_price.info.pk for line in lines)),
            "update_id": moment.update.pk if moment.update else None,
            "as_of": utc_text(moment.at),
        },
        "assumptions": _assumptions(lines, months, ahead=moment.is_capped),
    }


def _check_found(items: Sequence[Item], listings: Mapping[str, Listing]) -> None:
    unknown = list(dict.fromkeys(item.sku_id for item in items if item.sku_id not in listings))
    if unknown:
        found = nearest(unknown)
        raise NotFoundError(
            f"Not in the catalog: {', '.join(unknown)}.",
            hint="Send a candidate's sku_id, or search for the SKU.",
            candidates=[candidate for sku_id in unknown for candidate in found[sku_id]],
        )


def _price(lines: Sequence[Line]) -> list[list[Slice]]:
    """Each line's slices; lines of one SKU are priced together, so that shared tiers are given once."""
    by_sku: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        by_sku.setdefault(line.sku.pk, []).append(position)
    slices: list[list[Slice]] = [[] for _ in lines]
    for positions in by_sku.values():
        price = lines[positions[0]].list_price.price
        priced = price_month([lines[position].base_quantity for position in positions], price)
        for position, parts in zip(positions, priced, strict=True):
            slices[position] = parts
    return slices


def _total(costs: Sequence[Decimal], *, partial: bool) -> Total:
    amount = exact_sum(costs)
    rounded = ROUNDED.plus(ROUNDED.quantize(amount, _CENT))
    return {"amount": plain(amount), "rounded": f"{rounded:f}", "currency": "USD", "partial": partial}


def _item(line: Line, slices: Sequence[Slice], cost: Decimal, *, detailed: bool) -> CostItem:
    item, sku, info, unit = line.item, line.sku, line.list_price.info, line.list_price.usage_unit
    only_region = sku.service_regions[0] if len(sku.service_regions) == 1 else None
    row: CostItem = {
        "label": item.label,
        "sku_id": sku.sku_id,
        "display_name": sku.display_name,
        "region": item.region or only_region,
        "quantity": plain(item.quantity),
        "unit": item.unit or unit.code,
        "usage_quantity": plain(ROUNDED.divide(line.base_quantity, unit.factor)),
        "usage_unit": unit.code,
        "cost": plain(cost),
        "effective_time": utc_text(info.effective_time) if info.effective_time else None,
        "tiers": [_slice(part) for part in slices],
        "notes": list(line.notes),
    }
    if detailed:
        row["pricing"] = pricing(line.list_price)
    return row


def _slice(part: Slice) -> CostSlice:
    return {
        "start": plain(part.start),
        "end": None if part.end is None else plain(part.end),
        "quantity": plain(part.quantity),
        "unit_price": plain(part.unit_price),
        "cost": plain(part.cost),
    }


def _assumptions(lines: Sequence[Line], months: int, *, ahead: bool) -> list[str]:
    tiered = [line.list_price.price.aggregation for line in lines if len(line.list_price.tiers) > 1]
    sentences = {
        "Prices are Google's list prices, before taxes and any discount of your own.": True,
        "Quantities are for one month.": True,
        f"Tiers are those of one month, and an item's cost is {months} times their sum.": months > 1,
        "Free and volume tiers are pooled over the items that share a SKU, as if no other usage of the"
        " project or account counted towards them.": any(tiers.is_shared for tiers in tiered),
        "A daily allowance is spread over the 730/24 days of a month.": any(
            tiers.is_daily for tiers in tiered
        ),
        "as_of lies ahead: the prices known now apply.": ahead,
    }
    return [sentence for sentence, applies in sentences.items() if applies]
