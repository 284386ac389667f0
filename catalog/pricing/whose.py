"""Whose prices an answer has: those of providers' lists in the catalog, a community's, or both."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from catalog.pricing.model_rate import RateSource
from catalog.providers.community import prices as community
from catalog.providers.records import NAMES

COMMUNITY = RateSource.COMMUNITY.value
# Where answers have prices, or what has them.
_LISTS = ("skus", "services", "resources", "items", "components", "model_prices", "regions", "rows")


def sentence(listed: Collection[str], of_community: Collection[str]) -> str:
    """Whose prices they are.

    Args:
        listed: the providers whose lists priced anything.
        of_community: those whose models a community's list priced.
    """
    if not (listed or of_community):
        return "Prices are list prices, before taxes and any discounts you have."
    own, others = _names(listed, "'s"), _names(of_community, "'s")
    theirs = f"a community's list ({community.source().words}), not {others} word"
    if not of_community:
        return f"Prices are {own} list prices, before taxes and any discounts you have."
    if not listed:
        return f"Prices are those of {theirs}, before taxes and any discounts you have."
    return (
        f"Prices are {own} list prices, but those of source community, which are of {theirs}; all are before"
        " taxes and any discounts you have."
    )


def _names(providers: Collection[str], ending: str) -> str:
    return " and ".join(f"{name}{ending}" for provider, name in NAMES.items() if provider in providers)


def is_of_community(answer: Mapping[str, Any]) -> bool:
    """Whether all that an answer shows is priced by a community's list, so that no catalog is behind it."""
    sources = {*_sources(answer)}
    return sources == {COMMUNITY}


def _sources(row: Mapping[str, Any]) -> Iterator[str]:
    """The sources of the innermost rows that have prices."""
    rows = [each for name in _LISTS for each in row.get(name) or () if isinstance(each, Mapping)]
    for each in rows:
        inner = [*_sources(each)]
        yield from inner or [each.get("source") or RateSource.LIST.value]
