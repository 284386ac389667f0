"""Resources bought in other ways: on demand, as spot and with commitments, beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from catalog.offers.resources.terms import AS_WORDS, USAGE_TYPES
from catalog.pricing.answers import Alternative
from catalog.pricing.decimals import EXACT, ROUNDED, plain
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.components import compose
from catalog.pricing.resources.composed import Composed
from catalog.pricing.resources.parts import ON_DEMAND
from catalog.pricing.resources.rates import monthly
from catalog.pricing.resources.rows import COMMITTED, why_unpriced
from catalog.pricing.resources.wanted import Wanted

MONTHS_PER_YEAR = 12


def alternatives(priced: Sequence[tuple[Wanted, Decimal]], snapshot: Snapshot) -> list[list[Alternative]]:
    """Price resources in all the ways to buy them.

    Args:
        priced: resources that leave nothing open, with what a month of them costs as they are bought, in
            which free allowances are shared with the other items.
        snapshot: the time whose prices apply.

    Returns:
        For each resource its alternatives, with the cost of a month and of a year in USD. A commitment breaks
        even in the month in which what it costs in all is no more than what the use so far costs on demand.
    """
    terms = list(USAGE_TYPES)
    composed = compose([each.bought(term) for each, _ in priced for term in terms], snapshot)
    found = []
    for number, (wanted, cost) in enumerate(priced):
        start = number * len(terms)
        of_terms = dict(zip(terms, composed[start : start + len(terms)], strict=True))
        costs = {term: monthly(each) for term, each in of_terms.items()}
        if costs[wanted.term] is not None:
            costs[wanted.term] = cost
        found.append([_alternative(each, term, costs) for term, each in of_terms.items()])
    return found


def _alternative(composed: Composed, term: str, costs: dict[str, Decimal | None]) -> Alternative:
    cost, on_demand = costs[term], costs[ON_DEMAND]
    note = None
    if composed.components and len(composed.on_demand) == len(composed.components):
        # Nothing of it is bought so; on demand is another row.
        cost, note = None, f"{composed.wanted.bill.resource} is not sold {AS_WORDS[term]}."
    elif cost is None:
        note = (
            why_unpriced(composed) if not composed.components else f"Without {', '.join(composed.missing)}."
        )
    elif composed.on_demand:
        note = f"On demand: {', '.join(composed.on_demand)}."
    return {
        "usage_type": USAGE_TYPES[term],
        "monthly": None if cost is None else plain(cost),
        "yearly": None if cost is None else plain(EXACT.multiply(cost, MONTHS_PER_YEAR)),
        "breaks_even_after_months": _break_even(COMMITTED.get(term), cost, on_demand),
        "note": note,
    }


def _break_even(months: int | None, committed: Decimal | None, on_demand: Decimal | None) -> int | None:
    """After how many months a commitment has cost less than on demand; None if never within its term."""
    if months is None or committed is None or not on_demand:
        return None
    ratio = ROUNDED.divide(EXACT.multiply(committed, months), on_demand)
    needed = int(ratio.to_integral_value(ROUND_CEILING))
    return needed if needed <= months else None
