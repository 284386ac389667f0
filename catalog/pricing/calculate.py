"""The calculate tool: prices usage at list prices, with the rows used as proof."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from catalog.errors import InvalidArgumentError, NoPriceError
from catalog.pricing import list_prices
from catalog.pricing.answers import CalculateAnswer, CostItem, CostSlice, Total, utc_text
from catalog.pricing.decimals import EXACT, ROUNDED, exact_sum, plain
from catalog.pricing.details import pricing
from catalog.pricing.list_prices import Snapshot, look_up
from catalog.pricing.tiers import Slice, price_month
from catalog.pricing.usage import Item, Line, normalize_items, read_items

__all__ = ["Item", "calculate"]

MAX_MONTHS = 120
_CENT = Decimal("0.01")


def calculate(
    items: Sequence[Item],
    *,
    months: int = 1,
    snapshot: Snapshot | None = None,
    detailed: bool = False,
) -> CalculateAnswer:
    """Price usage exactly.

    Args:
        items: 1 to 100 items, each the usage of one month.
        months: the number of such months, 1 to 120.
        snapshot: the time whose prices apply; the present if omitted.
        detailed: whether each item includes its list price in full.

    Returns:
        The answer as the tool contract defines it. Costs are in USD, exact to the nano.

    Raises:
        InvalidArgumentError: the items, a quantity or the months are out of range, or a region is unknown.
        NotFoundError: a SKU is not in the catalog.
        RegionMismatchError: a SKU is not sold in its item's region.
        UnitMismatchError: an item's unit cannot be converted to its SKU's usage unit.
        NoPriceError: none of the items has a price.
    """
    if not 1 <= months <= MAX_MONTHS:
        raise InvalidArgumentError(f"months must be from 1 to {MAX_MONTHS}, not {months}.")
    items = normalize_items(items)
    snapshot = snapshot or list_prices.snapshot()
    listings = look_up((item.sku_id for item in items), snapshot)
    read = read_items(items, listings, snapshot.at)
    lines = [line for line in read if isinstance(line, Line)]
    not_priced = [line for line in read if not isinstance(line, Line)]
    if not lines:
        is_early = any(listing.is_priced_since(snapshot.at) for listing in listings.values())
        raise NoPriceError(
            not_priced[0]["message"],
            hint="Send a later as_of, or omit it." if is_early else "Search for another SKU.",
            candidates=not_priced,
        )
    slices = _price(lines)
    costs = [EXACT.multiply(exact_sum(part.cost for part in parts), months) for parts in slices]
    return {
        "total": _total(costs, partial=bool(not_priced)),
        "items": [_item(*row, detailed=detailed) for row in zip(lines, slices, costs, strict=True)],
        "not_priced": not_priced,
        "proof": {
            "pricing_info_ids": list(dict.fromkeys(line.list_price.info.pk for line in lines)),
            "update_id": snapshot.update.pk if snapshot.update else None,
            "as_of": utc_text(snapshot.at),
        },
        "assumptions": _assumptions(lines, months, is_capped=snapshot.is_capped),
    }


def _price(lines: Sequence[Line]) -> list[list[Slice]]:
    """Each line's slices; lines of one SKU are priced together, so that shared tiers are granted once."""
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


def _assumptions(lines: Sequence[Line], months: int, *, is_capped: bool) -> list[str]:
    tiered = [line.list_price.price.aggregation for line in lines if len(line.list_price.tiers) > 1]
    has_discount = any(line.list_price.is_discount for line in lines)
    sentences = {
        "Prices are Google's list prices, before taxes and any discounts you have.": True,
        "Google's automatic discounts (sustained use) and monthly free credits of an account are not applied"
        f"{', except those among the items' if has_discount else ''}.": True,
        "Quantities are for one month.": True,
        f"Tiers show one month; an item's cost is {months} times their sum.": months > 1,
        "Free and volume tiers are pooled over items of the same SKU; other usage in the project or"
        " account is not counted towards them.": any(tiers.is_shared for tiers in tiered),
        "A daily allowance is spread over the 730/24 days of a month.": any(
            tiers.is_daily for tiers in tiered
        ),
        "as_of is in the future; current prices were used.": is_capped,
    }
    return [sentence for sentence, applies in sentences.items() if applies]
