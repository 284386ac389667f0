"""Which SKUs price the machine types of a region.

The machine types of a series are billed for the same parts in other quantities: 555 of them have 48 bills. So
SKUs are looked for once a bill, and a machine type takes those of the first that is billed alike.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import cache
from sys import intern
from typing import NamedTuple

from catalog.offers.resources.bill import Bill, Part
from catalog.offers.resources.read import read_bill
from catalog.offers.resources.request import ResourceRequest
from catalog.offers.resources.series import machine_types
from catalog.places import Place
from catalog.pricing.list_prices import Listing, Snapshot
from catalog.pricing.resources.components import compose, quantity_of
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.resources.quotes import Quote, quote_of
from catalog.pricing.resources.rates import rate_of
from catalog.pricing.resources.wanted import Wanted


class MachineOffer(NamedTuple):
    """How machine types that are billed alike are bought: the SKU and the term of each part.

    `parts` is None if they have no whole price. `note` is that of their quotes.
    """

    note: str
    parts: tuple[tuple[Listing, str], ...] | None


# By machine type and term.
MachineOffers = Mapping[tuple[str, str], MachineOffer]


@cache
def billed(name: str) -> tuple[ResourceRequest, Bill]:
    """A machine type as a request, and what it is billed as, which never changes."""
    request = ResourceRequest(resource=name)
    return request, read_bill(request)


@cache
def first_alike() -> Mapping[str, str]:
    """Each machine type, with the first that is billed for the same parts."""
    firsts: dict[Hashable, str] = {}
    return {name: firsts.setdefault(_parts_of(name), name) for name in machine_types()}


def _parts_of(name: str) -> Hashable:
    """All that is billed but for the quantities."""
    _, bill = billed(name)
    parts = [(each.sort, each.time, each.sustained_use, each.is_extra, each.shared) for each in bill.parts]
    return tuple(parts), bill.unknown, bill.choices


def machine_offers(
    pairs: Collection[tuple[str, str]], places: Sequence[Place], snapshot: Snapshot
) -> list[MachineOffers]:
    """The offers of machine types.

    Args:
        pairs: machine types and terms.
        places: regions.
        snapshot: the time whose prices apply.

    Returns:
        The offers in each of the regions. Takes the queries of `compose` for all.
    """
    wanted = [Wanted(*billed(name), place, term) for place in places for name, term in pairs]
    found = map(_offer, compose(wanted, snapshot) if wanted else ())
    return [dict(zip(pairs, found, strict=False)) for _ in places]


def _offer(composed: Composed) -> MachineOffer:
    quote = quote_of(composed)
    parts = tuple((component.listing, component.term) for component in composed.components)
    # A few hundred have the same note, of which one text is enough.
    return MachineOffer(intern(quote.note), parts if quote.rate else None)


def quote(name: str, term: str, place: Place, offer: MachineOffer) -> Quote:
    """The quote of a machine type, from the offer of those that are billed alike."""
    if offer.parts is None:
        return Quote(None, offer.note)
    request, bill = billed(name)
    components = tuple(
        _component(part, request, *bought) for part, bought in zip(bill.parts, offer.parts, strict=True)
    )
    return Quote(rate_of(Composed(Wanted(request, bill, place, term), components)), offer.note)


def _component(part: Part, request: ResourceRequest, listing: Listing, bought: str) -> Component:
    if listing.list_price is None:
        raise AssertionError("the SKUs of an offer have a price")
    return Component(part, listing, listing.list_price, quantity_of(part, request, bought), bought)
