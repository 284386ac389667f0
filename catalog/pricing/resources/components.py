"""From the bills of resources to the SKUs that price them, all in two queries."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.offers.resources.bill import Choice, Part, Time
from catalog.offers.resources.request import HOURS_PER_MONTH, ResourceRequest
from catalog.pricing.decimals import EXACT, PLACES, ROUNDED
from catalog.pricing.list_prices import Listing, ListPrice, Snapshot, look_up
from catalog.pricing.resources.composed import Component, Composed
from catalog.pricing.resources.offers import Offers, offers_of
from catalog.pricing.resources.parts import ON_DEMAND, SPOT, is_price, of_one_version, offers_in
from catalog.pricing.resources.regions import (
    listed_ids,
    main_parts,
    regions_of_all,
    texts_anywhere,
    with_open_regions,
)
from catalog.pricing.resources.tokens import resolve_models
from catalog.pricing.resources.wanted import Wanted


@dataclass(frozen=True, slots=True)
class _Bought:
    """How a part is bought in a place: its SKU with the price, None if it has none, and a note about others.

    The `untimely` are listed, but have no price at the time.
    """

    term: str
    price: tuple[Listing, ListPrice] | None
    note: str | None
    untimely: tuple[Listing, ...]


def compose(wanted: Sequence[Wanted], snapshot: Snapshot, *, offers_regions: bool = True) -> list[Composed]:
    """Find the SKUs of resources.

    Args:
        wanted: the resources.
        snapshot: the time whose prices apply.
        offers_regions: whether a question for the region is to be answered, so that all that it has sell the
            resource at a price.

    Returns:
        Each with its components, in order. Takes two queries, or one if the offers are in memory; and one
        more each if a region is to be offered, if one does not sell something, and for a model of others.
    """
    # The offers of all in one query; both ways below find them in memory.
    offers_of({text: None for each in wanted for text in texts_anywhere(each)}, snapshot)
    models = resolve_models(wanted, snapshot)
    by_facts = _by_facts([*models.others.values()], snapshot, offers_regions=offers_regions)
    found = {**models.composed, **dict(zip(models.others, by_facts, strict=True))}
    return [found[position] for position in range(len(wanted))]


def _by_facts(wanted: Sequence[Wanted], snapshot: Snapshot, *, offers_regions: bool) -> list[Composed]:
    """Find SKUs by the facts of parts."""
    if not wanted:
        return []
    texts = {text: None for each in wanted for text in texts_anywhere(each)}
    offers = offers_of(texts, snapshot)
    wanted = [of_one_version(each, offers, snapshot) for each in wanted]
    wanted = with_open_regions(wanted, offers, snapshot, at_a_price=offers_regions)
    keys = [[] if each.bill.choices else [_key(part, each) for part in each.bill.parts] for each in wanted]
    parts = {
        key: (part, each)
        for each, own in zip(wanted, keys, strict=True)
        for part, key in zip(each.bill.parts, own, strict=False)
    }
    chosen = {key: (part, *offers_in(part, each, offers, snapshot)) for key, (part, each) in parts.items()}
    ids = {offer.sku_id for _, _, here in chosen.values() for offer in here}
    listings = look_up(ids, snapshot) if ids else {}
    bought = {
        key: _bought(part, term, [listings[offer.sku_id] for offer in here])
        for key, (part, term, here) in chosen.items()
    }
    composed = [
        Composed(each) if each.bill.choices else _composed(each, [bought[key] for key in own], snapshot)
        for each, own in zip(wanted, keys, strict=True)
    ]
    return _with_regions(composed, offers, snapshot)


def _key(part: Part, wanted: Wanted) -> Hashable:
    """The same for parts that the same SKU prices: the machines of a series differ by quantity alone."""
    return part.sort, wanted.place, wanted.term


def _composed(wanted: Wanted, found: Sequence[_Bought], snapshot: Snapshot) -> Composed:
    components, missing, on_demand = [], list(wanted.bill.unknown), []
    for part, bought in zip(wanted.bill.parts, found, strict=True):
        if bought.price is None:
            missing.append(part.name)
            continue
        quantity = quantity_of(part, wanted.request, bought.term)
        components.append(Component(part, *bought.price, quantity, bought.term, bought.note))
        if bought.term != wanted.term:
            on_demand.append(part.name)
    main = {part.name for part in main_parts(wanted)}
    lacks_main = not main.isdisjoint(missing)
    if (wanted.term == SPOT and lacks_main) or all(each.part.name not in main for each in components):
        # A machine is spot as a whole, and its disks alone are no machine.
        components = []
    untimely = [listing for bought in found for listing in bought.untimely]
    return Composed(
        wanted,
        tuple(components),
        tuple(missing),
        tuple(on_demand),
        lacks_main=lacks_main,
        reason=untimely[0].why_unpriced(snapshot.at) if untimely else None,
        is_early=any(listing.is_priced_since(snapshot.at) for listing in untimely),
    )


def _with_regions(
    found: Sequence[Composed], offers: Mapping[str, Offers], snapshot: Snapshot
) -> list[Composed]:
    """The resources, of which those that are sold whole elsewhere only have no price, but the regions.

    It takes one more query if a part is missing, since a SKU may be listed at no price.
    """
    mains = [_main(each.wanted) if _may_be_sold_elsewhere(each) else None for each in found]
    lacking = {main: each.wanted for main, each in zip(mains, found, strict=True) if main}
    ids = {sku_id for each in lacking.values() for sku_id in listed_ids(each, offers)}
    listings = look_up(ids, snapshot) if ids else {}
    sold = {main: regions_of_all(each, offers, snapshot, listings) for main, each in lacking.items()}
    return [_elsewhere(each, sold[main]) if main else each for main, each in zip(mains, found, strict=True)]


def _main(wanted: Wanted) -> tuple[Hashable, ...]:
    """The same for resources that are sold in the same regions."""
    return wanted.term, *(part.sort for part in main_parts(wanted))


def _may_be_sold_elsewhere(composed: Composed) -> bool:
    """Whether another region may sell what this one lacks; traffic from another one is another thing."""
    has_route = any(part.destination for part in composed.wanted.bill.parts)
    return composed.lacks_main and composed.wanted.place is not None and not has_route


def _elsewhere(composed: Composed, regions: Sequence[str]) -> Composed:
    """A resource without components if other `regions` sell what this one lacks, with these regions."""
    wanted = composed.wanted
    others = [region for region in regions if wanted.place and region not in wanted.place.codes]
    within = [region for region in others if wanted.place and region in wanted.place.within]
    if within and wanted.place and wanted.place.is_multi_region:
        # A wide place, of which some regions sell it.
        return Composed(wanted.with_choices([Choice("region", tuple(within), "Which region?")]))
    return replace(composed, components=(), sold_in=tuple(others)) if others else composed


def _bought(part: Part, term: str, listings: Sequence[Listing]) -> _Bought:
    """The part at the price that is listed for it; of several the highest, and a note about the others."""
    untimely = tuple(each for each in listings if each.list_price is None and each.history)
    priced = [(listing, listing.list_price) for listing in listings]
    usable = [(listing, price) for listing, price in priced if price is not None and is_price(price, part)]
    if not usable:
        return _Bought(term, None, None, untimely)
    usable.sort(key=lambda row: (max(tier.unit_price for tier in row[1].tiers), row[0].sku.pk), reverse=True)
    _, price = usable[0]
    others = {each.sku.sku_id for each, other in usable[1:] if _rates(other) != _rates(price)}
    note = (
        f"Google lists {1 + len(others)} SKUs for the {part.name} here; the dearest is used, not"
        f" {' or '.join(sorted(others))}."
        if others
        else None
    )
    return _Bought(term, usable[0], note, untimely)


def _rates(price: ListPrice) -> tuple[tuple[Decimal, Decimal], ...]:
    return tuple((tier.start, tier.unit_price) for tier in price.tiers)


def quantity_of(part: Part, request: ResourceRequest, term: str) -> Decimal:
    """A month's usage of a part by all the resources of a request; a commitment is owed for all its hours."""
    each = part.quantity if part.shared else EXACT.multiply(part.quantity, request.quantity)
    hours = request.hours if term in (ON_DEMAND, SPOT) else max(request.hours, HOURS_PER_MONTH)
    match part.time:
        case Time.HOUR:
            return EXACT.multiply(each, hours)
        case Time.MONTH if hours < HOURS_PER_MONTH:
            return ROUNDED.quantize(ROUNDED.divide(EXACT.multiply(each, hours), HOURS_PER_MONTH), PLACES)
        case _:
            return each
