"""What resources cost in each region that sells them, in each way to buy them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from catalog.places import read_place
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.components import sold_regions
from catalog.pricing.resources.quotes import Quote, quotes
from catalog.pricing.resources.wanted import Wanted

# By region, then by term.
RegionQuotes = Mapping[str, Mapping[str, Quote]]


def quotes_by_region(
    wanted: Sequence[Wanted], terms: Sequence[str], snapshot: Snapshot
) -> list[RegionQuotes]:
    """The quotes of resources in all regions.

    Args:
        wanted: resources that leave nothing open but the region.
        terms: the ways to buy them.
        snapshot: the time whose prices apply.

    Returns:
        For each resource, the regions that sell it and its quotes by term there. Takes two queries, or one
        if the offers are in memory, and one more if a region lacks a part.
    """
    numbered = [(number, each.bought(term)) for number, each in enumerate(wanted) for term in terms]
    regions = sold_regions([each for _, each in numbered], snapshot) if numbered else []
    placed = [
        (number, region, replace(each, place=read_place(region)))
        for (number, each), sold in zip(numbered, regions, strict=True)
        for region in sold
    ]
    found: list[dict[str, dict[str, Quote]]] = [{} for _ in wanted]
    priced = quotes([each for _, _, each in placed], snapshot)
    for (number, region, each), quote in zip(placed, priced, strict=True):
        found[number].setdefault(region, {})[each.term] = quote
    return [*found]
