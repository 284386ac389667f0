"""The SKUs that sell a thing, by what they are, and those of them that are sold in a place.

Which SKUs are what changes with a sync only, so it is kept in memory from one to the next, a few thousand
things at most.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from catalog.models import PricingUpdate
from catalog.offers.attributes import Span
from catalog.offers.resources.bill import BEFORE_WORDS, Size
from catalog.offers.routes import place_called
from catalog.places import Place
from catalog.pricing.availability import GLOBAL
from catalog.providers.google_cloud.regions import LIST_PRICE_REGIONS, REGIONS, Region

# Things that are kept; each has some forty SKUs, one a region, of about 400 bytes.
MAX_KEPT = 2000
# A name with words that nobody could read may be of another thing, unless they are the ones that are wanted.
_SKUS = """
SELECT wanted.key, sku_id, display_name, service_regions, geo_taxonomy_regions, is_list_price, source,
    destination, span_unit, span_least, span_most, retired_at
FROM json_each(%s) AS wanted
    CROSS JOIN sku_attributes ON facts = json_extract(wanted.value, '$[0]')
        AND unread = json_extract(wanted.value, '$[1]')
    CROSS JOIN skus USING (sku_id)
"""
# The source of what is the same in all of the world.
WORLDWIDE = "worldwide"


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU and where it is sold: in `regions`, by its taxonomy in `reach`; `place` is that of its name.

    Traffic goes from there to `destination`; `span` are the machines that a licence covers.
    """

    sku_id: str
    name: str
    regions: tuple[str, ...]
    reach: tuple[str, ...]
    place: str | None
    retired_at: datetime | None
    destination: str | None = None
    span: Span | None = None

    def covers(self, size: Size | None) -> bool:
        """Whether it is for machines of this size, or for machines of all sizes if there is none."""
        if self.span is None or size is None:
            return self.span is None and size is None
        return self.span.unit == size.unit and (self.span.least, self.span.most) in size.spans


@dataclass(slots=True)
class _Memory:
    """The offers of one sync, by facts."""

    update_id: int | None = None
    offers: dict[str, tuple[Offer, ...]] = field(default_factory=dict)


_memory = _Memory()


def offers_of(facts: Collection[str], latest: PricingUpdate | None) -> Mapping[str, tuple[Offer, ...]]:
    """The SKUs that are just what `facts` say, withdrawn ones too.

    Args:
        facts: as the column `facts` of sku_attributes has them.
        latest: the latest completed sync; before the first nothing is kept.

    Returns:
        The offers by facts. Takes one query for those that are not kept.
    """
    kept = _of(latest)
    # Another thread may empty the memory meanwhile.
    found = {each: kept[each] for each in facts if each in kept}
    missing = [each for each in dict.fromkeys(facts) if each not in found]
    if missing:
        loaded = {each: tuple(offers) for each, offers in _load(missing).items()}
        if len(kept) + len(loaded) > MAX_KEPT:
            kept.clear()
        kept.update(loaded)
        found.update(loaded)
    return found


def forget() -> None:
    """Empty the memory, as a test has to that writes SKUs without a sync."""
    _memory.update_id = None


def _of(latest: PricingUpdate | None) -> dict[str, tuple[Offer, ...]]:
    """What is kept of a sync."""
    if latest is None:
        return {}
    if _memory.update_id != latest.pk:
        # A new dict, since another thread may be reading the old one.
        _memory.offers, _memory.update_id = {}, latest.pk
    return _memory.offers


def _load(facts: Iterable[str]) -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = {each: [] for each in facts}
    wanted = {each: _columns(each) for each in found}
    with connection.cursor() as cursor:
        cursor.execute(_SKUS, [json.dumps(wanted)])
        for each, *columns in cursor.fetchall():
            found[each].append(_offer(columns))
    return found


def _columns(stored: str) -> tuple[str, str]:
    """The columns `facts` and `unread`."""
    facts, _, unread = stored.partition(BEFORE_WORDS)
    return facts, unread or " "


def _offer(columns: Sequence[Any]) -> Offer:
    sku_id, name, regions, reach, is_list_price, place, destination, *span, retired_at = columns
    return Offer(
        sku_id,
        name,
        tuple(LIST_PRICE_REGIONS if is_list_price else json.loads(regions)),
        tuple(json.loads(reach or "[]")),
        None if place == WORLDWIDE else place,
        _time(retired_at),
        destination,
        Span(*span) if span[0] else None,
    )


def _time(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)


def sold_in(
    offers: Iterable[Offer], place: Place, at: datetime, destination: Place | None = None
) -> list[Offer]:
    """The offers that price a thing in a place at a time, those of the narrowest reach.

    A SKU named for the region comes before one that is named for the country around it. They are several if
    nothing tells them apart. With a `destination`, they are for traffic from the place to there.
    """
    ranked: dict[tuple[int, int], list[Offer]] = {}
    for offer in offers:
        if offer.retired_at is not None and offer.retired_at <= at:
            continue
        rank = _rank(offer, place) if destination is None else _route_rank(offer, place, destination)
        if rank is not None:
            ranked.setdefault(rank, []).append(offer)
    return ranked[min(ranked)] if ranked else []


def _rank(offer: Offer, place: Place) -> tuple[int, int] | None:
    """How far from the place the offer is: 0 is nearest; None if it is not sold there."""
    reach = _reach(offer, place)
    if reach is not None:
        return reach, _is_other_name(offer, place)
    if not _is_everywhere(offer):
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


def _route_rank(offer: Offer, source: Place, destination: Place) -> tuple[int, int] | None:
    """How much wider than the two ends those of the offer are: 0 is the same; None if it goes elsewhere."""
    ends = _width(offer.place, source), _width(offer.destination, destination)
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


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
    return _is_everywhere(offer) and offer.place is None


def _is_everywhere(offer: Offer) -> bool:
    """Whether an offer is listed for all regions; its name may have a place even so."""
    return GLOBAL in offer.regions or not offer.regions


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
