"""Items of usage as they are sent: read, checked, and set beside the prices that apply to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from catalog.errors import CatalogError, InvalidArgumentError, RegionMismatchError
from catalog.models import Sku
from catalog.places import read_place
from catalog.pricing.answers import NotPriced
from catalog.pricing.availability import GLOBAL, is_sold_in, same_name_in
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Listing, ListPrice
from catalog.pricing.sku_ids import normal

MOST_ITEMS = 100
MOST_QUANTITY = Decimal("1e18")
_LONGEST_NUMBER = 40
_MOST_DECIMALS = 30
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Item:
    """Usage of one SKU in a month: `quantity` of `unit`, or of the SKU's usage unit where that is None."""

    sku_id: str
    quantity: Decimal
    unit: str | None = None
    region: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An item with its price and its quantity in base units; `notes` say how the item was read."""

    item: Item
    sku: Sku
    list_price: ListPrice
    base_quantity: Decimal
    notes: tuple[str, ...]


def parse_quantity(text: str) -> Decimal:
    """A quantity written in digits, such as "730", "0.5" or "1e6".

    Raises:
        InvalidArgumentError: the text is no number, or a number that no usage can be.
    """
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise InvalidArgumentError(
            f"{text[:_LONGEST_NUMBER]!r} is not a quantity.",
            hint=f"Send a number or a decimal string of at most {_LONGEST_NUMBER} characters, such as 730.",
        )
    return check_quantity(Decimal(text))


def check_quantity(quantity: Decimal) -> Decimal:
    """The quantity, if it can be one of usage.

    Raises:
        InvalidArgumentError: it is no number, negative, over 10^18 or finer than 30 decimal places.
    """
    if not quantity.is_finite() or not 0 <= quantity <= MOST_QUANTITY:
        raise InvalidArgumentError(
            "A quantity is a number from 0 to 10^18.", hint="Send the usage of one month, such as 730."
        )
    _, digits, exponent = quantity.as_tuple()
    if int(exponent) < -_MOST_DECIMALS or len(digits) > _LONGEST_NUMBER:
        raise InvalidArgumentError(
            f"A quantity has at most {_MOST_DECIMALS} decimal places and {_LONGEST_NUMBER} digits."
        )
    return quantity


def read_items(
    items: Sequence[Item], listings: Mapping[str, Listing], at: datetime
) -> list[Line | NotPriced]:
    """Each item beside its price, or the reason why it has none.

    Raises:
        RegionMismatchError: an item's SKU is not sold in its region.
        UnitMismatchError: an item's unit does not measure what its SKU is priced by.
    """
    lines = []
    for position, item in enumerate(items):
        with _named(position, item):
            lines.append(_read_item(item, listings[item.sku_id], at))
    return lines


def normal_items(items: Sequence[Item]) -> list[Item]:
    """The items with ids and regions as the catalog spells them.

    Raises:
        InvalidArgumentError: there are none, too many, or one has an absurd quantity.
    """
    if not 1 <= len(items) <= MOST_ITEMS:
        raise InvalidArgumentError(f"Send 1 to {MOST_ITEMS} items, not {len(items)}.")
    for position, item in enumerate(items):
        with _named(position, item):
            check_quantity(item.quantity)
    return [
        replace(item, sku_id=normal(item.sku_id), region=item.region and _normal_region(item.region))
        for item in items
    ]


def _normal_region(text: str) -> str:
    """The code of the one region that the text names, by code, zone or place; else the text itself."""
    place = read_place(text)
    return place.codes[0] if place and len(place.codes) == 1 else text.strip().lower()


def _read_item(item: Item, listing: Listing, at: datetime) -> Line | NotPriced:
    notes = _region_notes(item, listing.sku)
    price = listing.list_price
    if price is None or not price.price.is_complete:
        return {
            "label": item.label,
            "sku_id": item.sku_id,
            "reason": "no_price",
            "message": _why_no_price(listing, at),
        }
    quantity = price.usage_unit.base_quantity(item.quantity, item.unit)
    if remark := price.usage_unit.remark(item.unit):
        notes.append(remark)
    if listing.sku.retired_at is not None and listing.sku.retired_at <= at:
        notes.append(
            f"Google withdrew this SKU by {listing.sku.retired_at:%Y-%m-%d}; this is its last price."
        )
    return Line(item, listing.sku, price, quantity, tuple(notes))


def _why_no_price(listing: Listing, at: datetime) -> str:
    if listing.list_price is not None:
        first = min(tier.start for tier in listing.list_price.tiers)
        return f"Google's first tier starts at {plain(first)} units: what usage below costs is not listed."
    if listing.history:
        return f"No price is known for {at:%Y-%m-%d}."
    return "Google lists no price for this SKU."


def _region_notes(item: Item, sku: Sku) -> list[str]:
    region = item.region
    if region is None or region in sku.service_regions or not sku.service_regions:
        return []
    if not is_sold_in(sku, region):
        raise _region_mismatch(sku, region)
    if GLOBAL in sku.service_regions:
        return ["This SKU is sold globally: the region does not change its price."]
    return [f"This SKU is sold as {', '.join(sku.service_regions)}, which includes {region}."]


def _region_mismatch(sku: Sku, region: str) -> RegionMismatchError:
    others = same_name_in(sku, region)
    return RegionMismatchError(
        f"{sku.display_name} ({sku.sku_id}) is not sold in {region} but in {', '.join(sku.service_regions)}.",
        hint=f"Send a candidate's sku_id, the same thing in {region}, or another region."
        if others
        else f"Google lists nothing of this name in {region}: search there for what fits.",
        candidates=[
            {"sku_id": other.sku_id, "display_name": other.display_name, "regions": other.service_regions}
            for other in others
        ],
    )


@contextmanager
def _named(position: int, item: Item) -> Iterator[None]:
    """Errors name the item that they are about."""
    try:
        yield
    except CatalogError as error:
        name = f"items[{position}]" + (f" ({item.label})" if item.label else "")
        raise type(error)(f"{name}: {error.message}", hint=error.hint, candidates=error.candidates) from error
