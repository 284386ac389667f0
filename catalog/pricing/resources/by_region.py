"""What resources cost in each region that sells them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalog.places import read_place
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.quotes import Quote, quotes
from catalog.pricing.resources.regions import sold_regions
from catalog.pricing.resources.wanted import Wanted

RegionQuotes = Mapping[str, Quote]


def quotes_by_region(wanted: Sequence[Wanted], snapshot: Snapshot) -> list[RegionQuotes]:
    """The quotes of resources in all regions.

    Args:
        wanted: resources that leave nothing open but the region.
        snapshot: the time whose prices apply.

    Returns:
        For each resource, the regions that sell it by its term, with its quotes there. Takes two queries, or
        one if the offers are in memory, and one more if a region lacks a part.
    """
    regions = sold_regions(wanted, snapshot) if wanted else []
    placed = [
        (number, region, replace(each, place=read_place(region)))
        for number, (each, sold) in enumerate(zip(wanted, regions, strict=True))
        for region in sold
    ]
    found: list[dict[str, Quote]] = [{} for _ in wanted]
    priced = quotes([each for _, _, each in placed], snapshot)
    for (number, region, _), quote in zip(placed, priced, strict=True):
        found[number][region] = quote
    return [*found]
