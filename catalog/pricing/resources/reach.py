"""Which of the SKUs that sell a thing are sold in a place, or for traffic between two places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from catalog.offers.routes import place_called
from catalog.places import Place
from catalog.pricing.resources.offers import Offer
from catalog.providers.google_cloud.regions import LIST_PRICE_REGIONS, REGIONS, Region


def sold_in(
    offers: Iterable[Offer], place: Place, at: datetime, destination: Place | None = None
) -> list[Offer]:
    """The offers that price a thing in a place at a time, those of the narrowest reach.

    A SKU named for the region comes before one that is named for the country around it. They are several if
    nothing tells them apart. With a `destination`, they are for traffic from the place to there.
    """
    on_sale = [offer for offer in offers if offer.retired_at is None or offer.retired_at > at]
    if destination is not None:
        return _on_route(on_sale, place, destination)
    ranked: dict[tuple[int, int], list[Offer]] = {}
    for offer in on_sale:
        rank = _rank(offer, place)
        if rank is not None:
            ranked.setdefault(rank, []).append(offer)
    return ranked[min(ranked)] if ranked else []


def _rank(offer: Offer, place: Place) -> tuple[int, int] | None:
    """How far from the place the offer is: 0 is nearest; None if it is not sold there."""
    reach = _reach(offer, place)
    if reach is not None:
        return reach, _is_other_name(offer, place)
    if not offer.is_everywhere:
        return None
    # Some SKUs that are listed as global have a place in their names all the same.
    width = _width(offer.place, place)
    return None if width is None else (3, width)


def _reach(offer: Offer, place: Place) -> int | None:
    """How far beyond the place the offer reaches; None if it is not sold there."""
    if not {*place.codes}.isdisjoint(offer.regions):
        return 0 if len(offer.regions) == 1 else 1
    if not {*place.codes, *place.wider}.isdisjoint((*offer.regions, *offer.reach)):
        return 2
    return 4 if is_global(offer) else None


def _on_route(offers: Sequence[Offer], source: Place, destination: Place) -> list[Offer]:
    """The offers for traffic between two places, those whose ends are the least wider."""
    starts = {end: _width(end, source) for end in {offer.place for offer in offers}}
    ends = {end: _width(end, destination) for end in {offer.destination for offer in offers}}
    ranked: dict[tuple[int, int], list[Offer]] = {}
    for offer in offers:
        start, end = starts[offer.place], ends[offer.destination]
        if start is not None and end is not None:
            ranked.setdefault((start, end), []).append(offer)
    return ranked[min(ranked)] if ranked else []


def _width(end: str | None, place: Place) -> int | None:
    """How many places the end of a route has if it covers the place, 0 if it is just that; else None.

    A continent stands for those of its regions that have no prices of their own.
    """
    named = place_called(end) if end else None
    if named is None:
        return None
    if named.label == place.label or (named.codes and {*named.codes} == {*place.codes}):
        return 0
    if not place.codes or not named.covers(place):
        return None
    region = REGIONS.get(place.label)
    if region and place.label not in LIST_PRICE_REGIONS and not _is_in_country(named, region):
        return None
    return len({*named.codes, *named.within})


def _is_in_country(named: Place, region: Region) -> bool:
    codes = {code for code in (*named.codes, *named.within) if code in REGIONS}
    return all(REGIONS[code].country == region.country for code in codes)


def _is_other_name(offer: Offer, place: Place) -> int:
    """0 if the name has the region's own place, 1 if it has another name of it."""
    if offer.place in place.codes:
        known = REGIONS.get(place.codes[0])
        own = f" {known.place}".casefold() if known else ""
        words = f" {offer.name}".casefold()
        return 0 if own and own in words else 1
    return 1


def is_global(offer: Offer) -> bool:
    """Whether an offer is the same everywhere."""
    return offer.is_everywhere and offer.place is None


def regions_of(offers: Iterable[Offer], at: datetime) -> list[str]:
    """Where the offers are sold at a time, in order."""
    return sorted(
        {
            region
            for offer in offers
            if offer.retired_at is None or offer.retired_at > at
            for region in offer.regions
        }
    )
