"""Whether a SKU is sold in a region, and SKUs of the same name that are."""

from __future__ import annotations

from itertools import takewhile

from catalog.models import Sku

GLOBAL = "global"

_PREPOSITION = "in"
# Place names do not contain these words, so a difference that does is more than a place.
_NOT_IN_PLACES = {"from", "to", "for", "and", _PREPOSITION}
_MAX_PLACE_WORDS = 3


def is_sold_in(sku: Sku, region: str) -> bool:
    """Whether the SKU prices usage in a region.

    Args:
        sku: the SKU; one without regions is sold everywhere.
        region: a region code, such as europe-west3.

    Returns:
        True if `serviceRegions` or `geoTaxonomy` (Cloud Billing Catalog API, `Sku`) include the region, or
        the SKU is sold globally.
    """
    regions = {*sku.service_regions, *(sku.geo_taxonomy_regions or ())}
    return not regions or not regions.isdisjoint((region, GLOBAL))


def same_name_in(sku: Sku, region: str) -> list[Sku]:
    """SKUs that sell the same product in another region.

    Args:
        sku: the SKU that is not sold there.
        region: a region code, such as europe-west3.

    Returns:
        SKUs of the same service and category, sold in the region, whose names differ from this one's only in
        the place. If the region has none, those sold globally without a place in the name.
    """
    ranked: dict[tuple[bool, int], list[Sku]] = {}
    for other in Sku.objects.offered().alike(sku).only("display_name", "service_regions"):
        places = _differing_places(sku.display_name, other.display_name)
        is_local = region in other.service_regions
        if places is None or not (is_local or (GLOBAL in other.service_regions and not places[1])):
            continue
        ranked.setdefault((not is_local, sum(map(len, places))), []).append(other)
    return ranked[min(ranked)] if ranked else []


def _differing_places(name: str, other: str) -> tuple[list[str], list[str]] | None:
    """The words in which two names differ, or None if they cannot be places."""
    ones, others = _words(name), _words(other)
    head = _common_prefix_length(ones, others)
    ones, others = ones[head:], others[head:]
    tail = _common_prefix_length(ones[::-1], others[::-1])
    places = (
        _without_preposition(ones[: len(ones) - tail]),
        _without_preposition(others[: len(others) - tail]),
    )
    if any(len(place) > _MAX_PLACE_WORDS or not _NOT_IN_PLACES.isdisjoint(place) for place in places):
        return None
    return places


def _words(name: str) -> list[str]:
    # Google writes both "for 3 Year" and "for 3 Years".
    return name.casefold().replace("years", "year").split()


def _without_preposition(words: list[str]) -> list[str]:
    return words[1:] if words[:1] == [_PREPOSITION] else words


def _common_prefix_length(ones: list[str], others: list[str]) -> int:
    pairs = zip(ones, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
