"""The regions that sell a resource, as far as its parts are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalog.offers.resources.bill import Part, Terms
from catalog.offers.resources.kinds import ask_region, location_of
from catalog.places import read_place
from catalog.pricing.availability import GLOBAL
from catalog.pricing.list_prices import Listing, Snapshot, look_up
from catalog.pricing.resources.offers import Offer, Offers, offers_of
from catalog.pricing.resources.parts import SPOT, is_priced, texts_of, where_it_holds
from catalog.pricing.resources.reach import is_global, regions_of
from catalog.pricing.resources.wanted import Wanted


def sold_regions(wanted: Sequence[Wanted], snapshot: Snapshot) -> list[list[str]]:
    """The regions in which the resources are listed by their terms, in order; GLOBAL if all are alike."""
    texts = {text: None for each in wanted for part in each.bill.parts for text in texts_of(part, each.term)}
    offers = offers_of(texts, snapshot)
    return [
        regions_of_all(each, offers, snapshot) or ([GLOBAL] if _is_global(each, offers) else [])
        for each in wanted
    ]


def with_open_regions(
    wanted: Sequence[Wanted], offers: Mapping[str, Offers], snapshot: Snapshot, *, at_a_price: bool
) -> list[Wanted]:
    """The resources, with the region left open where none is named, or several are, and it matters.

    The question has the places that sell the resource, `at_a_price` or only listed; the former takes a query.
    """
    is_open = [not _has_one_place(each) and not _is_global(each, offers) for each in wanted]
    bills = [bill for each, asked in zip(wanted, is_open, strict=True) if asked for bill in _bills(each)]
    ids = {sku_id for each in bills for sku_id in listed_ids(each, offers)}
    listings = look_up(ids, snapshot) if ids and at_a_price else None
    return [
        _with_open_region(each, offers, snapshot, listings) if asked else each
        for each, asked in zip(wanted, is_open, strict=True)
    ]


def _has_one_place(wanted: Wanted) -> bool:
    return wanted.place is not None and wanted.place.is_one


def texts_anywhere(wanted: Wanted) -> list[str]:
    """All facts that may be looked up for a resource, whatever its place is going to be."""
    bills = [wanted] if _has_one_place(wanted) else [wanted, *_bills(wanted)]
    return [text for each in bills for part in each.bill.parts for text in texts_of(part, each.term)]


def _bills(wanted: Wanted) -> list[Wanted]:
    """The resource in each kind of location where it is billed as something else, else the resource."""
    sold_as = wanted.bill.sold_as
    if not sold_as:
        return [wanted] if wanted.bill.parts else []
    return [replace(wanted, bill=replace(wanted.bill, parts=parts)) for parts in sold_as.values()]


def _with_open_region(
    wanted: Wanted, offers: Mapping[str, Offers], snapshot: Snapshot, listings: Mapping[str, Listing] | None
) -> Wanted:
    kinds, bills = [*wanted.bill.sold_as] or [""], _bills(wanted)
    sold = [
        region
        for kind, each in zip(kinds, bills, strict=False)
        for region in regions_of_all(each, offers, snapshot, listings)
        if not kind or kind == location_of(read_place(region))
    ]
    if wanted.place is None:
        return wanted.with_choices([ask_region(sold, kinds)]) if bills else wanted
    named = [code for each in wanted.place.members or (wanted.place,) for code in each.codes]
    regions = [code for code in named if code in sold or not bills]
    return wanted.with_choices([ask_region(regions)]) if regions else wanted


def _is_global(wanted: Wanted, offers: Mapping[str, Offers]) -> bool:
    """Whether it is the same everywhere, as far as its parts are listed."""
    texts = texts_anywhere(wanted)
    return bool(texts) and all(is_global(offer) for text in texts for offer in offers[text])


def main_parts(wanted: Wanted) -> list[Part]:
    """The parts without which the resource is not sold: all that a spot machine has, and what is no extra."""
    parts = wanted.bill.parts
    alike = [part for part in parts if wanted.term == SPOT and part.terms is not Terms.ON_DEMAND]
    return alike or [part for part in parts if not part.is_extra] or list(parts)


def regions_of_all(
    wanted: Wanted,
    offers: Mapping[str, Offers],
    snapshot: Snapshot,
    listings: Mapping[str, Listing] | None = None,
) -> list[str]:
    """The regions in which SKUs of all main parts are listed; at a price, if their `listings` are given."""
    regions: set[str] | None = None
    for part in main_parts(wanted):
        sold = [
            offer
            for offer in _listed(part, wanted.term, offers)
            if listings is None or is_priced(listings[offer.sku_id], part)
        ]
        if any(is_global(where_it_holds(offer, part)) for offer in sold):
            continue
        here = set(regions_of(sold, snapshot.at))
        regions = here if regions is None else regions & here
    return sorted(regions or ())


def listed_ids(wanted: Wanted, offers: Mapping[str, Offers]) -> set[str]:
    """The SKUs whose prices say where the resource is sold."""
    parts = main_parts(wanted)
    return {offer.sku_id for part in parts for offer in _listed(part, wanted.term, offers)}


def _listed(part: Part, term: str, offers: Mapping[str, Offers]) -> list[Offer]:
    """The offers of a part anywhere: of the first of its facts that any SKU is, maybe of all."""
    found = [offers[text] for text in texts_of(part, term) if offers.get(text)]
    return [offer for each in (found if part.in_each_place else found[:1]) for offer in each]
