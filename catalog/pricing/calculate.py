"""The calculate tool: prices usage at list prices, with the rows used as proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.errors import CatalogError, InvalidArgumentError, NoPriceError, RegionMismatchError, merge
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing import list_prices
from catalog.pricing.answers import CalculateAnswer, CostItem, NotPriced, ResourceLine, Total, utc_text
from catalog.pricing.decimals import EXACT, ROUNDED, exact_sum, plain
from catalog.pricing.list_prices import Snapshot, look_up
from catalog.pricing.resources.alternatives import alternatives
from catalog.pricing.resources.components import Component, Composed, compose
from catalog.pricing.resources.rows import cost_slice, not_priced, resource_line
from catalog.pricing.resources.wanted import Wanted, read_resource
from catalog.pricing.sku_details import pricing
from catalog.pricing.tiers import Slice, price_month
from catalog.pricing.usage import Item, Line, naming, normalize_item, read_items

__all__ = ["MAX_ITEMS", "Item", "ResourceRequest", "calculate"]

MAX_ITEMS = 500
MAX_MONTHS = 120
_CENT = Decimal("0.01")


def calculate(
    items: Sequence[Item | ResourceRequest],
    *,
    months: int = 1,
    snapshot: Snapshot | None = None,
    detailed: bool = False,
    compare: bool = False,
) -> CalculateAnswer:
    """Price usage exactly.

    Args:
        items: 1 to 500 items, each the usage of one month: of a SKU, or of whole resources.
        months: the number of such months, 1 to 120.
        snapshot: the time whose prices apply; the present if omitted.
        detailed: whether each item includes its list price in full.
        compare: whether each resource is priced in all the ways to buy it too.

    Returns:
        The answer as the tool contract defines it. Costs are in USD, exact to the nano.

    Raises:
        InvalidArgumentError: the items, a quantity or the months are out of range, or a region is unknown.
        NotFoundError: a SKU is not in the catalog, or there is no such resource.
        RegionMismatchError: a SKU is not sold in its item's region, or no item of the resources is.
        UnitMismatchError: an item's unit cannot be converted to its SKU's usage unit.
        NoPriceError: none of the items has a price.
    """
    if not 1 <= months <= MAX_MONTHS:
        raise InvalidArgumentError(f"months must be from 1 to {MAX_MONTHS}, not {months}.")
    snapshot = snapshot or list_prices.snapshot()
    entries = _entries(items, snapshot)
    lines = [line for entry in entries for line in entry.lines]
    slices = iter(_price(lines))
    rows: list[CostItem | ResourceLine] = []
    resources: list[tuple[Composed, ResourceLine]] = []
    costs: list[Decimal] = []
    for entry in entries:
        parts = [next(slices) for _ in entry.lines]
        each = [EXACT.multiply(exact_sum(part.cost for part in own), months) for own in parts]
        if entry.not_priced is not None:
            continue
        if entry.composed is None:
            rows.append(_item(entry.lines[0], parts[0], each[0], detailed=detailed))
            costs += each
            continue
        line, cost = resource_line(entry.composed, each, parts, detailed=detailed)
        rows.append(line)
        if line["cost"] is not None:
            costs.append(cost)
        resources.append((entry.composed, line))
    if not rows:
        raise _none_priced(entries)
    if compare:
        _add_alternatives(resources, snapshot)
    unpriced = [entry.not_priced for entry in entries if entry.not_priced is not None]
    is_partial = bool(unpriced) or any(line["partial"] for _, line in resources)
    return {
        "total": _total(costs, partial=is_partial),
        "items": rows,
        "not_priced": unpriced,
        "proof": {
            "pricing_info_ids": list(dict.fromkeys(line.list_price.info.pk for line in lines)),
            "update_id": snapshot.update.pk if snapshot.update else None,
            "as_of": utc_text(snapshot.at),
        },
        "assumptions": _assumptions(entries, lines, months, is_capped=snapshot.is_capped),
    }


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item of the call with the lines that price it: one of a SKU, one a component of a resource."""

    lines: Sequence[Line] = ()
    composed: Composed | None = None
    not_priced: NotPriced | None = None
    is_early: bool = False


def _entries(items: Sequence[Item | ResourceRequest], snapshot: Snapshot) -> list[_Entry]:
    """The items, matched with prices, in their order; one error names all at fault."""
    if not 1 <= len(items) <= MAX_ITEMS:
        raise InvalidArgumentError(f"Send 1 to {MAX_ITEMS} items, not {len(items)}.")
    errors: list[CatalogError] = []
    skus: dict[int, Item] = {}
    resources: dict[int, Wanted] = {}
    for position, item in enumerate(items):
        try:
            with naming(position, item.label):
                if isinstance(item, Item):
                    skus[position] = normalize_item(item)
                else:
                    resources[position] = read_resource(item)
        except CatalogError as error:
            errors.append(error)
    found = _of_skus(skus, snapshot, errors)
    if errors:
        raise merge(errors)
    composed = compose(list(resources.values()), snapshot)
    found |= {position: _of_resource(each) for position, each in zip(resources, composed, strict=True)}
    return [found[position] for position in range(len(items))]


def _of_skus(skus: Mapping[int, Item], snapshot: Snapshot, errors: list[CatalogError]) -> dict[int, _Entry]:
    if not skus:
        return {}
    listings = look_up((item.sku_id for item in skus.values()), snapshot)
    try:
        read = read_items(skus, listings, snapshot.at)
    except CatalogError as error:
        errors.append(error)
        return {}
    return {
        position: _Entry([line])
        if isinstance(line, Line)
        else _Entry(not_priced=line, is_early=listings[skus[position].sku_id].is_priced_since(snapshot.at))
        for position, line in read.items()
    }


def _of_resource(composed: Composed) -> _Entry:
    if composed.components or composed.choices:
        return _Entry([_line(component) for component in composed.components], composed)
    return _Entry(composed=composed, not_priced=not_priced(composed))


def _line(component: Component) -> Line:
    """A component as usage of its SKU."""
    sku, price, unit = component.listing.sku, component.list_price, component.part.unit
    item = Item(sku.sku_id, component.quantity, unit)
    return Line(item, sku, price, price.usage_unit.base_quantity(component.quantity, unit), ())


def _none_priced(entries: Sequence[_Entry]) -> CatalogError:
    """The error of a call none of whose items has a price."""
    unpriced = [entry.not_priced for entry in entries if entry.not_priced is not None]
    resources = [entry.composed for entry in entries if entry.composed is not None]
    elsewhere = [composed.sold_in for composed in resources if composed.sold_in]
    if elsewhere:
        return RegionMismatchError(
            unpriced[0]["message"],
            hint="Send a region that sells it, or another resource.",
            candidates=[{"region": region} for region in elsewhere[0]],
        )
    is_early = any(entry.is_early for entry in entries)
    others = "another resource or usage_type" if resources else "another SKU"
    return NoPriceError(
        unpriced[0]["message"],
        hint="Send a later as_of, or omit it." if is_early else f"Search for {others}.",
        candidates=unpriced,
    )


def _add_alternatives(resources: Sequence[tuple[Composed, ResourceLine]], snapshot: Snapshot) -> None:
    settled = [(composed.wanted, line) for composed, line in resources if not composed.choices]
    found = alternatives([wanted for wanted, _ in settled], snapshot)
    for (_, line), each in zip(settled, found, strict=True):
        line["alternatives"] = each


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
    if not costs:
        return {"amount": None, "rounded": None, "currency": "USD", "partial": partial}
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
        "tiers": [cost_slice(part) for part in slices],
        "notes": list(line.notes),
    }
    if detailed:
        row["pricing"] = pricing(line.list_price)
    return row


def _assumptions(
    entries: Sequence[_Entry], lines: Sequence[Line], months: int, *, is_capped: bool
) -> list[str]:
    tiered = [line.list_price.price.aggregation for line in lines if len(line.list_price.tiers) > 1]
    has_discount = any(line.list_price.is_discount for line in lines)
    resources = [entry.composed for entry in entries if entry.composed]
    has_skus = len(resources) < len(entries)
    has_sustained = any(component.part.sustained_use for each in resources for component in each.components)
    sentences = {
        "Prices are Google's list prices, before taxes and any discounts you have.": True,
        "Google's automatic discounts (sustained use) and monthly free credits of an account are not applied"
        f"{' to SKUs' if resources else ''}"
        f"{', except those among the items' if has_discount else ''}.": has_skus,
        "Sustained-use discounts count the hours of each resource by itself.": has_sustained,
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
