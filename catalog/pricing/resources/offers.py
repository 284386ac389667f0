"""The SKUs that sell a thing, by what they are, and those of them that are sold in a place.

Which SKUs are what changes with a sync only, so it is kept in memory from one to the next, a few thousand
things at most.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.db import connection

from catalog.models import PricingUpdate
from catalog.places import Place
from catalog.pricing.availability import GLOBAL
from catalog.providers.google_cloud.regions import LIST_PRICE_REGIONS, REGIONS

# Things that are kept; each has some forty SKUs, one a region, of about 400 bytes.
MAX_KEPT = 2000
# A name with words that nobody could read may be of another thing.
_SKUS = """
SELECT facts, sku_id, display_name, service_regions, geo_taxonomy_regions, is_list_price, source, retired_at
FROM json_each(%s) AS wanted
    CROSS JOIN sku_attributes ON facts = wanted.value AND unread = ' '
    CROSS JOIN skus USING (sku_id)
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU and where it is sold: in `regions`, by its taxonomy in `reach`; `place` is that of its name."""

    sku_id: str
    name: str
    regions: tuple[str, ...]
    reach: tuple[str, ...]
    place: str | None
    retired_at: datetime | None


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
    with connection.cursor() as cursor:
        cursor.execute(_SKUS, [json.dumps(list(found))])
        for each, sku_id, name, regions, reach, is_list_price, place, retired_at in cursor.fetchall():
            sold_in = LIST_PRICE_REGIONS if is_list_price else json.loads(regions)
            offer = Offer(
                sku_id, name, tuple(sold_in), tuple(json.loads(reach or "[]")), place, _time(retired_at)
            )
            found[each].append(offer)
    return found


def _time(value: object) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)


def sold_in(offers: Iterable[Offer], place: Place, at: datetime) -> list[Offer]:
    """The offers that price a thing in a place at a time, those of the narrowest reach.

    A SKU named for the region comes before one that is named for the country around it. They are several if
    nothing tells them apart.
    """
    ranked: dict[tuple[int, int], list[Offer]] = {}
    for offer in offers:
        if offer.retired_at is not None and offer.retired_at <= at:
            continue
        reach = _reach(offer, place)
        if reach is not None:
            ranked.setdefault((reach, _is_other_name(offer, place)), []).append(offer)
    return ranked[min(ranked)] if ranked else []


def _reach(offer: Offer, place: Place) -> int | None:
    """How far beyond the place the offer reaches; None if it is not sold there."""
    if not {*place.codes}.isdisjoint(offer.regions):
        return 0 if len(offer.regions) == 1 else 1
    if not {*place.codes, *place.wider}.isdisjoint((*offer.regions, *offer.reach)):
        return 2
    return 3 if is_global(offer) else None


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
