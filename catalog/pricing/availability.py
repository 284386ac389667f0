"""Whether a SKU is sold in a region, and which SKU of the same name is."""

from __future__ import annotations

from itertools import takewhile

from catalog.models import Sku

GLOBAL = "global"

_BEFORE_A_PLACE = "in"
# Words that no place holds: a part of a name with one of them is more than a place.
_BETWEEN_PLACES = {"from", "to", "for", "and", _BEFORE_A_PLACE}
_LONGEST_PLACE = 3


def is_sold_in(sku: Sku, region: str) -> bool:
    """Whether usage in the region is priced by this SKU; one that names no region may be used anywhere."""
    regions = {*sku.service_regions, *(sku.geo_taxonomy_regions or ())}
    return not regions or not regions.isdisjoint((region, GLOBAL))


def same_name_in(sku: Sku, region: str) -> list[Sku]:
    """The SKUs sold in the region whose names and categories differ from this one's in the place alone.

    Where the region has none of its own, the one that is named after no place and sold globally.
    """
    ranked: dict[tuple[bool, int], list[Sku]] = {}
    for other in Sku.objects.offered().alike(sku).only("display_name", "service_regions"):
        places = _places_apart(sku.display_name, other.display_name)
        is_local = region in other.service_regions
        if places is None or not (is_local or (GLOBAL in other.service_regions and not places[1])):
            continue
        ranked.setdefault((not is_local, sum(map(len, places))), []).append(other)
    return ranked[min(ranked)] if ranked else []


def _places_apart(name: str, other: str) -> tuple[list[str], list[str]] | None:
    """The words in which two names differ, if those can be a place in each; else None."""
    ones, others = _words(name), _words(other)
    head = _common_start(ones, others)
    ones, others = ones[head:], others[head:]
    tail = _common_start(ones[::-1], others[::-1])
    places = _place(ones[: len(ones) - tail]), _place(others[: len(others) - tail])
    if any(len(place) > _LONGEST_PLACE or not _BETWEEN_PLACES.isdisjoint(place) for place in places):
        return None
    return places


def _words(name: str) -> list[str]:
    # Google writes both "for 3 Year" and "for 3 Years".
    return name.casefold().replace("years", "year").split()


def _place(words: list[str]) -> list[str]:
    return words[1:] if words[:1] == [_BEFORE_A_PLACE] else words


def _common_start(ones: list[str], others: list[str]) -> int:
    pairs = zip(ones, others, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
