"""The ways to buy the tokens of a model on a cloud: by scope, host and region, with the rate of each part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from catalog.offers.resources.bill import UNSPECIFIED, ModelUse, Tokens
from catalog.pricing.model_rate import (
    ANYWHERE,
    LIFETIMES,
    Counted,
    ModelRate,
    ModelRates,
    RateConflict,
    RateSource,
    holds_in,
)

LONG = "long"
# Calls that are answered outside the region where they are made, if it has one.
WIDE = ("geo", "global")


@dataclass(frozen=True, slots=True)
class Option:
    """One way to buy: the rate of each part, None if it has none, and SKUs that disagree about parts."""

    scope: str | None
    host: str
    region: str
    rates: tuple[ModelRate | None, ...]
    conflicts: tuple[RateConflict, ...] = ()

    @property
    def prices(self) -> tuple[Decimal | None, ...]:
        return tuple(rate.price if rate else None for rate in self.rates)

    @property
    def scope_name(self) -> str:
        """The scope in questions and answers."""
        return self.scope or UNSPECIFIED

    @property
    def count(self) -> int:
        return sum(rate is not None for rate in self.rates)

    def is_in(self, regions: Collection[str], scope: str | None) -> bool:
        """Whether it is what calls in a region buy.

        Args:
            regions: the codes of the region and of the parts of the world that have it; empty if none was
                named.
            scope: the one that was asked for.

        Returns:
            False also of a price for calls from anywhere to anywhere, unless just that scope was asked for:
            it says nothing about a region.
        """
        if not regions or self.region in regions:
            return True
        return self.region in ANYWHERE and (self.scope not in WIDE or self.scope == scope)


def options_of(rates: ModelRates, cloud: str, use: ModelUse) -> list[Option]:
    """The ways to buy what is wanted on a cloud, with any of its parts."""
    fitting = [each for each in rates.rates if _fits(each.counted, cloud, use)]
    disputed = [each for each in rates.conflicts if _fits(each.counted, cloud, use)]
    counted = [*(each.counted for each in fitting), *(each.counted for each in disputed)]
    ways = {(each.scope, each.host or "") for each in counted}
    if any(scope for scope, _ in ways):
        # Which of the others one is that names none, nobody can tell. The community's list often names none.
        ways = {way for way in ways if way[0] or _is_of_community(_sold_so(fitting, way))}
    found = [
        option
        for way in sorted(ways, key=str)
        for option in _in_regions(way, _sold_so(fitting, way), _sold_so(disputed, way), use)
    ]
    return [each for each in found if each.count or each.conflicts]


def _fits(counted: Counted, cloud: str, use: ModelUse) -> bool:
    contexts = (LONG,) if use.context == LONG else (None, "short")
    return (
        (counted.provider, counted.modality, counted.tier) == (cloud, "text", use.tier)
        and counted.context in contexts
        and counted.host is not None
        and use.host in (None, counted.host)
        and use.scope in (None, counted.scope or UNSPECIFIED)
    )


def _is_of_community(rates: Sequence[ModelRate]) -> bool:
    return bool(rates) and all(each.source is RateSource.COMMUNITY for each in rates)


_Listed = TypeVar("_Listed", ModelRate, RateConflict)


def _sold_so(found: Iterable[_Listed], way: tuple[str | None, str]) -> list[_Listed]:
    return [each for each in found if (each.counted.scope, each.counted.host) == way]


def _in_regions(
    way: tuple[str | None, str],
    rates: Sequence[ModelRate],
    conflicts: Sequence[RateConflict],
    use: ModelUse,
) -> Iterator[Option]:
    """The ways to buy in one scope; what is listed for everywhere holds in each region."""
    wanted = [each for each in conflicts if any(_counts(each.counted, part) for part in use.counted)]
    regions = {each.region for each in rates} | {each.region for each in wanted}
    for region in sorted(regions.difference(ANYWHERE) or regions):
        own = [each for each in rates if holds_in(each.region, region)]
        clash = tuple(each for each in wanted if holds_in(each.region, region))
        parts = [_rate(own, part, region) for part in use.counted]
        yield Option(*way, region, _without(parts, clash), clash)


def _counts(counted: Counted, part: Tokens) -> bool:
    if (counted.direction, counted.cache) != (part.direction, part.cache):
        return False
    # A cache without a lifetime is one of the shortest that is listed, but never one of an hour.
    is_open = part.cache == "Write" and not part.lifetime and counted.lifetime != LIFETIMES[-1]
    return counted.lifetime == part.lifetime or is_open


def _rate(rates: Iterable[ModelRate], part: Tokens, region: str) -> ModelRate | None:
    """The rate of a part: that of the region before one of everywhere, one that names its context first."""
    own = [each for each in rates if _counts(each.counted, part)]
    own.sort(
        key=lambda each: (
            LIFETIMES.index(each.counted.lifetime),
            each.region != region,
            each.counted.context is None,
        )
    )
    return own[0] if own else None


def _without(
    rates: Iterable[ModelRate | None], conflicts: Sequence[RateConflict]
) -> tuple[ModelRate | None, ...]:
    """The rates without those of which other SKUs say something else."""
    wrong = [each.counted for each in conflicts]
    return tuple(None if rate and rate.counted in wrong else rate for rate in rates)
