"""What a resource costs bought in one way, or in a few words why it has no whole price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.offers.resources.terms import AS_WORDS
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.composed import Composed
from catalog.pricing.resources.rates import Rate, rate_of
from catalog.pricing.resources.rows import listed
from catalog.pricing.resources.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Quote:
    """The rate of a resource; None if it has no whole price. `note` says why, or what stays on demand."""

    rate: Rate | None
    note: str = ""


def quotes(wanted: Sequence[Wanted], snapshot: Snapshot) -> list[Quote]:
    """The quotes of resources, in order. Takes the queries of `compose`."""
    return [quote_of(each) for each in compose(wanted, snapshot)] if wanted else []


def quote_of(composed: Composed) -> Quote:
    """The quote of a resource."""
    term = composed.wanted.term
    is_bought_so = any(component.term == term for component in composed.components)
    rate = rate_of(composed) if is_bought_so else None
    if rate is None:
        return Quote(None, _why_none(composed, is_bought_so=is_bought_so))
    return Quote(rate, f"on demand: {listed(composed.on_demand)}" if composed.on_demand else "")


def _why_none(composed: Composed, *, is_bought_so: bool) -> str:
    """The reason without the name of the resource, so that many share one."""
    if composed.choices:
        return composed.choices[0].ask
    if composed.sold_in:
        return "not sold here"
    if len(composed.missing) == len(composed.wanted.bill.parts):
        return "not listed"
    if composed.components and not is_bought_so:
        return f"not sold {AS_WORDS[composed.wanted.term]}"
    return f"no price of its {listed(composed.missing)}"
