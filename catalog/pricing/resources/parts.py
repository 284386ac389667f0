"""Which SKUs may price a part of a resource, and at which of their prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from catalog.errors import UnitMismatchError
from catalog.offers.resources.bill import Part, Terms, stored
from catalog.places import Place
from catalog.pricing.list_prices import Listing, ListPrice, Snapshot
from catalog.pricing.resources.offers import Offer, Offers
from catalog.pricing.resources.reach import sold_in
from catalog.pricing.resources.wanted import Wanted

ON_DEMAND, SPOT = "ondemand", "spot"


def texts_of(part: Part, term: str) -> list[str]:
    """All facts that may be looked up for a part."""
    return [text for each in _terms_of(part, term) for text in _facts(part, each)]


def _terms_of(part: Part, term: str) -> tuple[str, ...]:
    """How a part may be bought if the resource is bought by `term`, best first."""
    match part.terms:
        case Terms.ALL:
            return (term,)
        case Terms.WHERE_SOLD:
            # Spot machines are spot as a whole.
            return (term,) if term == SPOT else tuple(dict.fromkeys((term, ON_DEMAND)))
        case Terms.ON_DEMAND:
            return (ON_DEMAND,)


def _facts(part: Part, term: str) -> list[str]:
    if part.committed is not None and term not in (ON_DEMAND, SPOT):
        return [stored(part.committed, term)]
    return [stored(each, term, words) for each in part.facts for words in part.words]


def offers_in(
    part: Part, wanted: Wanted, offers: Mapping[str, Offers], snapshot: Snapshot
) -> tuple[str, list[Offer]]:
    """The term that a part is bought by, and the offers of it in the place."""
    for term in _terms_of(part, wanted.term):
        if here := _sold_here(part, [offers[text] for text in _facts(part, term)], wanted.place, snapshot):
            return term, here
    return wanted.term, []


def of_one_version(wanted: Wanted, offers: Mapping[str, Offers], snapshot: Snapshot) -> Wanted:
    """The resource with each licence in the first of its versions that has offers of all its parts."""
    licences: dict[str, list[Part]] = {}
    for part in wanted.bill.parts:
        if part.versions_of and part.versions > 1:
            licences.setdefault(part.versions_of, []).append(part)
    if not licences:
        return wanted

    def is_whole(own: list[Part], version: int) -> bool:
        return all(offers_in(part.of_version(version), wanted, offers, snapshot)[1] for part in own)

    chosen = {
        name: next((each for each in range(own[0].versions) if is_whole(own, each)), 0)
        for name, own in licences.items()
    }
    parts = [part.of_version(chosen.get(part.versions_of or "", 0)) for part in wanted.bill.parts]
    return replace(wanted, bill=replace(wanted.bill, parts=tuple(parts)))


def _sold_here(part: Part, found: Sequence[Offers], place: Place | None, snapshot: Snapshot) -> list[Offer]:
    """The offers of a part in a place: of the first of `found` that has any, maybe any there."""
    for offers in found:
        # What is for a route, or costs the same everywhere, holds in places that it is not listed for.
        is_wider = part.everywhere or part.destination is not None
        near = offers if place is None or is_wider else offers.near(place)
        fitting = [where_it_holds(offer, part) for offer in near if offer.covers(part.size)]
        here = sold_in(fitting, place, snapshot.at, part.destination) if place else fitting
        if here or (not part.in_each_place and any(offer.covers(part.size) for offer in offers)):
            return here
    return []


def where_it_holds(offer: Offer, part: Part) -> Offer:
    """The offer where it holds, which may be more than the regions that Google lists."""
    return offer._replace(regions=()) if part.everywhere and offer.place is None else offer


def is_priced(listing: Listing, part: Part) -> bool:
    return listing.list_price is not None and is_price(listing.list_price, part)


def is_price(price: ListPrice, part: Part) -> bool:
    if not (price.price.is_complete and _is_counted_in(price, part.unit)):
        return False
    return part.may_be_free or any(tier.unit_price for tier in price.tiers)


def _is_counted_in(price: ListPrice, unit: str) -> bool:
    """Whether the price is for what the unit of a part counts; hours of memory have none by the hour."""
    try:
        price.usage_unit.base_quantity(Decimal(1), unit)
    except UnitMismatchError:
        return False
    return True
