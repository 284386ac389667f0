"""How plain a SKU is: what its attributes cost it in the ranking if a question leaves them open."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from catalog.offers.vocabulary import Fact
from catalog.offers.words import DATA, entries

# The cost of an attribute that the list lacks, in hundredths.
DEFAULT_COST = 30
# Several purposes cost their sum, several values of another attribute the highest.
ADDED = frozenset({"purpose"})


@cache
def _costs() -> dict[str, int]:
    return {key: int(values[0]) for _, key, values in entries(DATA / "costs.txt")}


def cost_of(fact: Fact) -> int:
    """What `fact` costs a SKU if the question leaves its attribute open, in hundredths."""
    attribute, value = fact
    costs = _costs()
    return costs.get(f"{attribute}={value}", costs.get(attribute, DEFAULT_COST))


def costs_of(facts: Iterable[Fact]) -> dict[str, int]:
    """The costs by attribute, without those that cost nothing."""
    found: dict[str, int] = {}
    for fact in sorted(facts):
        attribute, cost = fact[0], cost_of(fact)
        known = found.get(attribute, 0)
        found[attribute] = known + cost if attribute in ADDED else max(known, cost)
    return {attribute: cost for attribute, cost in found.items() if cost}
