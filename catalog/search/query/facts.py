"""Facts that a question names: attributes that a SKU has to have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.offers.attributes import TERMS
from catalog.offers.kinds import attributes
from catalog.offers.vocabulary import Alternatives

# Relative to the weights of words (catalog/search/query/terms.py). How a thing is bought says little about
# which thing it is.
WEIGHT_OF_TERM, WEIGHT_OF_GENERAL_FACT, WEIGHT_OF_FACT = 2, 5, 9


@dataclass(frozen=True, slots=True)
class NamedFact:
    """Facts of which one has to hold, and the words of the question that say so.

    If a SKU `may_lack` the attribute, one that has no value of it is no wrong answer. A fact that `is_needed`
    cannot be given up, as the others say too little without it. `parts` are the facts that were joined, if
    the question names several values.
    """

    word: str
    facts: Alternatives
    may_lack: bool = False
    is_needed: bool = False
    parts: tuple[NamedFact, ...] = ()

    @property
    def attribute(self) -> str:
        return self.facts[0][0]

    @property
    def is_identity(self) -> bool:
        """Whether the fact says what a SKU is, so that another SKU is a wrong answer."""
        return self.attribute in attributes("identity")

    @property
    def is_usage_type(self) -> bool:
        """Whether the fact is one of Google's usage types, which answers show apart from other words."""
        attribute, value = self.facts[0]
        return len(self.facts) == 1 and attribute == "term" and value in TERMS.values()

    @property
    def is_general(self) -> bool:
        """Whether many things have it, so that it does not say which is meant: "memory", "storage"."""
        return self.is_one_of(attributes("general"))

    @property
    def weight(self) -> int:
        """How much the fact says about what is meant; 0 if it cannot be given up."""
        if self.is_identity or self.is_needed or self.attribute in attributes("where it applies"):
            return 0
        if len(self.facts) > 1 or self.is_general:
            return WEIGHT_OF_GENERAL_FACT
        return WEIGHT_OF_TERM if self.attribute == "term" else WEIGHT_OF_FACT

    def is_one_of(self, values: frozenset[str]) -> bool:
        """Whether each alternative is one of `values`, such as "part=core"."""
        return values.issuperset("=".join(fact) for fact in self.facts)

    def values(self) -> list[str]:
        return [value for _, value in self.facts]


def has(facts: Iterable[NamedFact], attribute: str) -> bool:
    return any(fact.attribute == attribute for fact in facts)
