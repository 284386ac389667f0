"""One thing in all regions, cheapest first, with what it costs bought in other ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.offers.attributes import TERMS
from catalog.pricing.decimals import ROUNDED, plain
from catalog.pricing.list_prices import Listing, ListPrice
from catalog.providers.google_cloud.regions import REGIONS
from catalog.search.siblings import Siblings

TENTH = Decimal("0.1")
HEADINGS = {"ondemand": "On demand", "spot": "Spot", "1y": "1 year", "3y": "3 years"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU with its price in USD, in the first tier that is not free, and its tiers.

    A tier has where it starts and ends, in units of usage, and its price; the last has no end.
    """

    sku_id: str
    name: str
    amount: str
    unit: str
    tiers: Sequence[tuple[str, str | None, str]]

    @property
    def tiered(self) -> bool:
        return len(self.tiers) > 1


@dataclass(frozen=True, slots=True)
class Region:
    """A region with what it offers, by usage type.

    Args:
        name: Google's code.
        place: what people call it; empty if that is the code.
        columns: what is sold there by usage type, each with its heading. A column has several SKUs if Google
            lists the thing more than once.
        more: how many percent dearer it is there than in the cheapest region; None if it cannot be compared.
    """

    name: str
    place: str
    columns: Sequence[tuple[str, Sequence[Offer]]]
    more: str | None


def regions(found: Siblings) -> list[Region]:
    """The regions that sell a thing, the cheapest first; those that sell it only in other ways come last."""
    term = found.term or "ondemand"
    prices = {region: _least(offered.get(term, ())) for region, offered in found.by_region.items()}
    least = min((price for price in prices.values() if price is not None), default=None)
    order = sorted(prices, key=lambda region: (prices[region] is None, prices[region] or 0, region))
    return [
        Region(
            region,
            place_of(region),
            [(label, _offers(found.by_region[region], each)) for each, label in HEADINGS.items()],
            percent_over(prices[region], least),
        )
        for region in order
    ]


def rows(found: Sequence[Region]) -> Iterator[tuple[str | None, ...]]:
    """A row of a CSV file for each tier of each SKU in each region."""
    for region in found:
        for usage_type, (_, offers) in zip(TERMS, region.columns, strict=True):
            for offer in offers:
                for start, end, amount in offer.tiers:
                    yield region.name, usage_type, offer.sku_id, offer.name, start, end, amount, offer.unit


def _offers(offered: Mapping[str, Sequence[Listing]], term: str) -> list[Offer]:
    return [_offer(each) for each in offered.get(term, ())]


def _offer(listing: Listing) -> Offer:
    price = _list_price(listing)
    return Offer(
        listing.sku.pk,
        listing.sku.display_name,
        plain(price.first_paid),
        price.usage_unit.description,
        _tiers(price),
    )


def _tiers(price: ListPrice) -> list[tuple[str, str | None, str]]:
    starts = [plain(tier.start) for tier in price.tiers]
    return [
        (start, end, plain(tier.unit_price))
        for start, end, tier in zip(starts, [*starts[1:], None], price.tiers, strict=True)
    ]


def cheapest_offer(listings: Sequence[Listing]) -> Offer | None:
    """The SKU with the lowest price of those that Google lists for one thing in one place."""
    return min((_offer(each) for each in listings), key=lambda offer: Decimal(offer.amount), default=None)


def _least(listings: Sequence[Listing]) -> Decimal | None:
    return min((_list_price(each).first_paid for each in listings), default=None)


def _list_price(listing: Listing) -> ListPrice:
    if listing.list_price is None:
        raise AssertionError("siblings have a price")
    return listing.list_price


def percent_over(price: Decimal | None, least: Decimal | None) -> str | None:
    """How many percent a price is over the least one; None if they cannot be compared."""
    if price is None or not least or least < 0:
        return None
    percent = ROUNDED.multiply(ROUNDED.subtract(ROUNDED.divide(price, least), Decimal(1)), Decimal(100))
    return plain(percent.quantize(TENTH))


def place_of(region: str) -> str:
    """What people call a region: "Frankfurt" for europe-west3; empty if it is none of Google's."""
    found = REGIONS.get(region)
    return found.place if found else ""
