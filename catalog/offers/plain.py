"""How plain a SKU is: what its attributes cost it in the ranking if a question leaves them open."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from catalog.offers import DATA
from catalog.offers.kinds import attributes
from catalog.offers.vocabulary import Fact
from catalog.words import entries

# The cost of an attribute that the list lacks, in hundredths.
DEFAULT_COST = 30
# Each purpose and kind of traffic costs of its own, several values of another attribute the highest.
ADDED = attributes("together")
# From this cost on, a part is a charge on top of the thing itself.
COST_OF_SIDE = 150
# What a word of the name costs that the vocabulary lacks, and how many count.
COST_OF_WORD, MAX_WORDS = 45, 6


@cache
def _costs() -> dict[str, int]:
    return {key: int(values[0]) for _, key, values in entries(DATA / "costs.txt")}


def cost_of(fact: Fact) -> int:
    """What `fact` costs a SKU if the question leaves its attribute open, in hundredths."""
    attribute, value = fact
    costs = _costs()
    return costs.get(f"{attribute}={value}", costs.get(attribute, DEFAULT_COST))


def costs_of(facts: Iterable[Fact]) -> dict[str, int]:
    """The costs by attribute, without those that cost nothing; an ADDED attribute has one for each value."""
    found: dict[str, int] = {}
    for fact in sorted(facts):
        key = "=".join(fact) if fact[0] in ADDED else fact[0]
        found[key] = max(found.get(key, 0), cost_of(fact))
    return {key: cost for key, cost in found.items() if cost}
