"""Usage items: parsed, checked and matched with the prices that apply to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from catalog.errors import CatalogError, InvalidArgumentError, NotFoundError, RegionMismatchError
from catalog.models import Sku
from catalog.places import Place, close_places, read_place
from catalog.pricing.answers import NotPriced
from catalog.pricing.availability import GLOBAL, is_sold_in, same_name_in
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Listing, ListPrice
from catalog.pricing.quantities import check_quantity
from catalog.pricing.sku_ids import nearest, normalize

# Each suggestion of a SKU for another region takes a query per code.
_MAX_SUGGESTIONS = 5
_MAX_CODES = 2

# What follows from how a SKU is sold, by its usage type (Cloud Billing Catalog API, `Category.usageType`).
_TERMS = {
    "Commit1Mo": "A commitment for 1 month is owed for the whole term, used or not.",
    "Commit1Yr": "A commitment for 1 year is owed for the whole term, used or not.",
    "Commit3Yr": "A commitment for 3 years is owed for the whole term, used or not.",
    "Preemptible": "Google may stop preemptible (spot) capacity at any time.",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A month's usage of one SKU: `quantity` of `unit`, or of the SKU's usage unit if that is None."""

    sku_id: str
    quantity: Decimal
    unit: str | None = None
    region: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An item with its price and its quantity in base units; `notes` explain how it was read."""

    item: Item
    sku: Sku
    list_price: ListPrice
    base_quantity: Decimal
    notes: tuple[str, ...]

    @property
    def region(self) -> str | None:
        """The region of the item, or the only one of its SKU."""
        regions = self.sku.service_regions
        return self.item.region or (regions[0] if len(regions) == 1 else None)


def read_items(
    items: Mapping[int, Item],
    listings: Mapping[str, Listing],
    at: datetime,
    name: Callable[[int], str] = "items[{}]".format,
) -> tuple[dict[int, Line | NotPriced], list[CatalogError]]:
    """Match items with their prices.

    Args:
        items: items as normalize_item returns them, by their positions in the call.
        listings: the listings of their SKUs, by id.
        at: the time whose prices apply.
        name: what an error calls the item of a position.

    Returns:
        By position, the line of an item or the reason why it cannot be priced, without those at fault; and
        what is wrong with these: SKUs that are not in the catalog, in one error; a region that is not a
        place; a SKU that is not sold in its item's region; a unit that cannot be converted.
    """
    lines: dict[int, Line | NotPriced] = {}
    errors: list[CatalogError] = _not_found(items.values(), listings)
    for position, item in items.items():
        if item.sku_id not in listings:
            continue
        try:
            with naming(name(position), item.label):
                listing, suggests = listings[item.sku_id], len(errors) < _MAX_SUGGESTIONS
                lines[position] = _read_item(item, listing, at, suggests=suggests)
        except CatalogError as error:
            errors.append(error)
    return lines, errors


def _not_found(items: Iterable[Item], listings: Mapping[str, Listing]) -> list[CatalogError]:
    """An error for the SKUs that are not in the catalog, or nothing."""
    unknown = list(dict.fromkeys(item.sku_id for item in items if item.sku_id not in listings))
    if not unknown:
        return []
    found = nearest(unknown)
    return [
        NotFoundError(
            f"Not in the catalog: {', '.join(unknown)}.",
            hint="Send a candidate's sku_id, or search for the SKU.",
            candidates=[candidate for sku_id in unknown for candidate in found[sku_id]],
        )
    ]


def normalize_item(item: Item) -> Item:
    """Normalize the id and the region of an item to the catalog's spelling.

    Raises:
        InvalidArgumentError: check_quantity refuses the quantity.
    """
    check_quantity(item.quantity)
    sku_id, region = normalize(item.sku_id), item.region and _region_code(item.region)
    is_normal = (sku_id, region) == (item.sku_id, item.region)
    return item if is_normal else replace(item, sku_id=sku_id, region=region)


def _region_code(text: str) -> str:
    """The code of the region that the text names by code, zone or place; otherwise the text in lower case."""
    place = read_place(text)
    return place.codes[0] if place and len(place.codes) == 1 else text.strip().lower()


def _read_item(item: Item, listing: Listing, at: datetime, *, suggests: bool) -> Line | NotPriced:
    place = _place(item.region, listing.sku) if item.region else None
    notes = _region_notes(place, listing.sku, suggests=suggests) if place else []
    region = _code(place, listing.sku) if place else None
    item = item if item.region == region else replace(item, region=region)
    price = listing.list_price
    if price is None or not price.price.is_complete:
        return {
            "label": item.label,
            "sku_id": item.sku_id,
            "reason": "no_price",
            "message": _no_price_message(listing, at),
        }
    unit = price.named_unit
    quantity = unit.base_quantity(item.quantity, item.unit)
    note = unit.conversion_note(item.unit) if item.unit else unit.hours_note(item.quantity)
    if note:
        notes.append(note)
    if terms := _TERMS.get(listing.sku.usage_type or ""):
        notes.append(terms)
    if price.is_discount:
        notes.append(
            "This SKU is a discount: it lowers the cost of other usage, and is not granted without it."
        )
    if listing.sku.retired_at is not None and listing.sku.retired_at <= at:
        withdrew = f"{listing.provider_name} withdrew this SKU by {listing.sku.retired_at:%Y-%m-%d}"
        notes.append(f"{withdrew}; this is its last price.")
    return Line(item, listing.sku, price, quantity, tuple(notes))


def _no_price_message(listing: Listing, at: datetime) -> str:
    if listing.list_price is not None:
        start = min(tier.start for tier in listing.list_price.tiers)
        return f"{listing.provider_name} lists no price for usage below {plain(start)} units."
    return listing.why_unpriced(at)


def _place(region: str, sku: Sku) -> Place:
    """The place that a region names; a code that only the SKU knows is a place too."""
    if region in sku.service_regions or region == GLOBAL:
        return Place(region, (region,))
    place = read_place(region)
    if place is None:
        raise InvalidArgumentError(
            f'No region or place is called "{region}".',
            hint="Send a region code such as europe-west3 or a place such as Frankfurt.",
            candidates=close_places(region),
        )
    return place


def _code(place: Place, sku: Sku) -> str | None:
    """The code of the place that the SKU lists, or its only code; None if there are several regions."""
    listed = [code for code in place.codes if code in sku.service_regions]
    if len(listed) == 1:
        return listed[0]
    return place.label if place.label in place.codes else None


def _region_notes(place: Place, sku: Sku, *, suggests: bool) -> list[str]:
    regions = sku.service_regions
    if not regions or not set(regions).isdisjoint(place.codes):
        return []
    if not any(is_sold_in(sku, code) for code in place.codes):
        raise _region_mismatch(sku, place, place.codes[:_MAX_CODES] if suggests else ())
    if GLOBAL in regions:
        return ["This SKU is sold globally; the region does not change its price."]
    return [f"This SKU is sold in {', '.join(regions)}, which includes {place.label}."]


def _region_mismatch(sku: Sku, place: Place, codes: Sequence[str]) -> RegionMismatchError:
    """The error, with the SKUs of the same name in the first of the codes that has any."""
    others = next(filter(None, (same_name_in(sku, code) for code in codes)), [])
    hint = ""
    if others:
        hint = f"Send a candidate's sku_id, the same product in {place.label}, or another region."
    elif codes:
        hint = f"No SKU of this name is sold in {place.label}; search there for an alternative."
    regions = ", ".join(sku.service_regions)
    return RegionMismatchError(
        f"{sku.display_name} ({sku.sku_id}) is sold in {regions}, not in {place.label}.",
        hint=hint,
        candidates=[
            {"sku_id": other.sku_id, "display_name": other.display_name, "regions": other.service_regions}
            for other in others
        ],
    )


@contextmanager
def naming(item: str, label: str | None) -> Iterator[None]:
    """Begin the message of an error with the item that it is about."""
    try:
        yield
    except CatalogError as error:
        name = item + (f" ({label})" if label and label != item else "")
        raise type(error)(f"{name}: {error.message}", hint=error.hint, candidates=error.candidates) from error
