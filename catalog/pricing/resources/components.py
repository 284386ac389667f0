"""From the bills of resources to the SKUs that price them, all in two queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.errors import UnitMismatchError
from catalog.offers.resources.bill import Choice, Part, Terms, Time, stored
from catalog.offers.resources.request import HOURS_PER_MONTH, ResourceRequest
from catalog.pricing.decimals import EXACT, PLACES, ROUNDED
from catalog.pricing.list_prices import Listing, ListPrice, Snapshot, look_up
from catalog.pricing.resources.offers import Offer, is_global, offers_of, regions_of, sold_in
from catalog.pricing.resources.wanted import Wanted

ON_DEMAND, SPOT = "ondemand", "spot"


@dataclass(frozen=True, slots=True)
class Component:
    """A part with the SKU that prices it; `quantity` is a month's usage of all the resources, in its unit."""

    part: Part
    listing: Listing
    list_price: ListPrice
    quantity: Decimal
    term: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """A resource as its SKUs price it.

    Without components, something has to be chosen first, or it is not sold so. `missing` are the parts
    without a price, `on_demand` those that the wanted term does not cover, `sold_in` the regions that sell it
    if this one does not, or not all of it.
    """

    wanted: Wanted
    components: tuple[Component, ...] = ()
    missing: tuple[str, ...] = ()
    on_demand: tuple[str, ...] = ()
    sold_in: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What has to be chosen before there is a price."""
        return self.wanted.bill.choices


def compose(wanted: Sequence[Wanted], snapshot: Snapshot) -> list[Composed]:
    """Find the SKUs of resources.

    Args:
        wanted: the resources.
        snapshot: the time whose prices apply.

    Returns:
        Each with its components, in order. Takes two queries, or one if the offers are in memory.
    """
    texts = {text: None for each in wanted for part in each.bill.parts for text in _texts(part, each.term)}
    offers = offers_of(texts, snapshot.latest)
    wanted = [_with_region(each, offers, snapshot) for each in wanted]
    chosen = [
        [] if each.bill.choices else [_offers(part, each, offers, snapshot) for part in each.bill.parts]
        for each in wanted
    ]
    ids = {offer.sku_id for found in chosen for _, here in found for offer in here}
    ids |= {
        sku_id
        for each, found in zip(wanted, chosen, strict=True)
        for sku_id in _elsewhere(each, found, offers)
    }
    listings = look_up(ids, snapshot) if ids else {}
    return [
        Composed(each) if each.bill.choices else _composed(each, found, offers, listings, snapshot)
        for each, found in zip(wanted, chosen, strict=True)
    ]


def _elsewhere(
    wanted: Wanted, found: Sequence[tuple[str, list[Offer]]], offers: Mapping[str, tuple[Offer, ...]]
) -> list[str]:
    """The SKUs in other places of the parts that this one does not sell: some are listed without a price."""
    absent = [part for part, (_, here) in zip(wanted.bill.parts, found, strict=False) if not here]
    return [offer.sku_id for part in absent for text in _texts(part, wanted.term) for offer in offers[text]]


def sold_regions(wanted: Sequence[Wanted], snapshot: Snapshot) -> list[list[str]]:
    """The regions that sell each of the resources by its term, in order, or GLOBAL."""
    texts = {text: None for each in wanted for part in each.bill.parts for text in _texts(part, each.term)}
    offers = offers_of(texts, snapshot.latest)
    return [_sold_everywhere(each, offers, {}, snapshot) for each in wanted]


def _with_region(wanted: Wanted, offers: Mapping[str, tuple[Offer, ...]], snapshot: Snapshot) -> Wanted:
    """The resource, with the region left open if none is named and it matters."""
    if wanted.place is not None or wanted.bill.choices:
        return wanted
    if all(
        is_global(offer)
        for part in wanted.bill.parts
        for text in _texts(part, wanted.term)
        for offer in offers[text]
    ):
        return wanted
    regions = _sold_everywhere(wanted, offers, {}, snapshot)
    return wanted.with_choices([Choice("region", tuple(regions), "Which region?")]) if regions else wanted


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


def _texts(part: Part, term: str) -> list[str]:
    """All facts that may be looked up for a part."""
    return [text for each in _terms_of(part, term) for text in _facts(part, each)]


def _facts(part: Part, term: str) -> list[str]:
    if part.committed is not None and term not in (ON_DEMAND, SPOT):
        return [stored(part.committed, term)]
    return [stored(each, term) for each in part.facts]


def _offers(
    part: Part, wanted: Wanted, offers: Mapping[str, tuple[Offer, ...]], snapshot: Snapshot
) -> tuple[str, list[Offer]]:
    """The term that a part is bought by, and the offers of it in the place."""
    for term in _terms_of(part, wanted.term):
        sold = next((offers[text] for text in _facts(part, term) if offers[text]), ())
        here = sold_in(sold, wanted.place, snapshot.at) if wanted.place else list(filter(is_global, sold))
        if here:
            return term, here
    return wanted.term, []


def _composed(
    wanted: Wanted,
    found: Sequence[tuple[str, list[Offer]]],
    offers: Mapping[str, tuple[Offer, ...]],
    listings: Mapping[str, Listing],
    snapshot: Snapshot,
) -> Composed:
    components, missing, on_demand = [], list(wanted.bill.unknown), []
    for part, (term, here) in zip(wanted.bill.parts, found, strict=True):
        component = _component(part, wanted.request, term, [listings[offer.sku_id] for offer in here])
        if component is None:
            missing.append(part.name)
            continue
        components.append(component)
        if term != wanted.term and part.terms is not Terms.ON_DEMAND:
            on_demand.append(part.name)
    is_refused = wanted.term == SPOT and any(part.name in missing for part in _bought_alike(wanted))
    if any(not component.part.is_extra for component in components) and not is_refused:
        absent = {part.name for part, (_, here) in zip(wanted.bill.parts, found, strict=True) if not here}
        is_elsewhere = missing and absent.issuperset(missing)
        sold = _selling(wanted.bill.parts, wanted.term, offers, listings, snapshot) if is_elsewhere else []
        return Composed(wanted, tuple(components), tuple(missing), tuple(on_demand), tuple(sold))
    sold = _sold_everywhere(wanted, offers, listings, snapshot)
    return Composed(wanted, missing=tuple(missing), sold_in=tuple(sold))


def _bought_alike(wanted: Wanted) -> list[Part]:
    """The parts that have to be bought by the wanted term."""
    kinds = (Terms.ALL, Terms.WHERE_SOLD) if wanted.term == SPOT else (Terms.ALL,)
    return [part for part in wanted.bill.parts if part.terms in kinds]


def _sold_everywhere(
    wanted: Wanted,
    offers: Mapping[str, tuple[Offer, ...]],
    listings: Mapping[str, Listing],
    snapshot: Snapshot,
) -> list[str]:
    """The regions that sell all parts which have to be bought by the wanted term."""
    parts = _bought_alike(wanted) or wanted.bill.parts
    return _selling(parts, wanted.term, offers, listings, snapshot)


def _selling(
    parts: Iterable[Part],
    term: str,
    offers: Mapping[str, tuple[Offer, ...]],
    listings: Mapping[str, Listing],
    snapshot: Snapshot,
) -> list[str]:
    """The regions that sell all of these parts; where `listings` tells, those with a price."""
    regions: set[str] | None = None
    for part in parts:
        sold: Iterable[Offer] = next((offers[text] for text in _texts(part, term) if offers.get(text)), ())
        priced = (offer for offer in sold if _may_have_price(listings.get(offer.sku_id), part))
        here = set(regions_of(priced, snapshot.at))
        regions = here if regions is None else regions & here
    return sorted(regions or ())


def _may_have_price(listing: Listing | None, part: Part) -> bool:
    if listing is None:
        return True
    return listing.list_price is not None and _is_price(listing.list_price, part)


def _component(
    part: Part, request: ResourceRequest, term: str, listings: Iterable[Listing]
) -> Component | None:
    """The part at the price that is listed for it; of several the highest, and a note about the others."""
    priced = [(listing, listing.list_price) for listing in listings]
    usable = [(listing, price) for listing, price in priced if price is not None and _is_price(price, part)]
    if not usable:
        return None
    usable.sort(key=lambda row: (max(tier.unit_price for tier in row[1].tiers), row[0].sku.pk), reverse=True)
    listing, price = usable[0]
    others = {each.sku.sku_id for each, other in usable[1:] if _rates(other) != _rates(price)}
    note = (
        f"Google lists {1 + len(others)} SKUs for the {part.name} here; the dearest is used, not"
        f" {' or '.join(sorted(others))}."
        if others
        else None
    )
    return Component(part, listing, price, _quantity(part, request, term), term, note)


def _is_price(price: ListPrice, part: Part) -> bool:
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


def _rates(price: ListPrice) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((tier.start, tier.unit_price) for tier in price.tiers)


def _quantity(part: Part, request: ResourceRequest, term: str) -> Decimal:
    """A month's usage of a part by all the resources of a request; a commitment is owed for all its hours."""
    each = EXACT.multiply(part.quantity, request.quantity)
    hours = request.hours if term in (ON_DEMAND, SPOT) else max(request.hours, HOURS_PER_MONTH)
    match part.time:
        case Time.HOUR:
            return EXACT.multiply(each, hours)
        case Time.MONTH if hours < HOURS_PER_MONTH:
            return ROUNDED.quantize(ROUNDED.divide(EXACT.multiply(each, hours), HOURS_PER_MONTH), PLACES)
        case _:
            return each
