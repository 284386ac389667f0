"""What the facts of a SKU say of others: a GPU of its machine family, a usage type of the term."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from catalog.offers import DATA
from catalog.offers.vocabulary import Fact, facts_of_line
from catalog.words import WordListError, entries

# The values of a SKU by attribute.
Values = defaultdict[str, set[str]]
# What conditions may name besides attributes.
USAGE_TYPE, UNREAD, PLACE = "usage_type", "unread", "place"
NOT = "~"


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a rule: "a=x|y", "a", "~a=x" or "~a". Without `values` any value is meant."""

    attribute: str
    values: frozenset[str]
    negated: bool

    def holds(self, known: Values) -> bool:
        has = known[self.attribute]
        return bool(has & self.values if self.values else has) != self.negated

    def apply(self, known: Values) -> None:
        has = known[self.attribute]
        if self.negated:
            has -= self.values or set(has)
        else:
            has |= self.values


@dataclass(frozen=True, slots=True)
class Rule:
    conditions: tuple[Term, ...]
    consequences: tuple[Term, ...]


def _terms(file: Path, text: str) -> tuple[Term, ...]:
    return tuple(_term(file, word) for word in text.split())


def _term(file: Path, word: str) -> Term:
    plain = word.removeprefix(NOT)
    if "=" not in plain:
        return Term(plain, frozenset(), word != plain)
    (alternatives,) = facts_of_line(file, plain)
    return Term(alternatives[0][0], frozenset(value for _, value in alternatives), word != plain)


def read_rules(file: Path) -> tuple[Rule, ...]:
    """The rules of `file`, data/implied.txt, in its order.

    Raises:
        WordListError: a line does not consist of conditions and what follows.
    """
    found = []
    for _, key, consequences in entries(file):
        if len(consequences) != 1:
            raise WordListError(f"{file.name}, {key!r}: not `conditions: what follows`")
        found.append(Rule(_terms(file, key), _terms(file, consequences[0])))
    return tuple(found)


@cache
def _rules() -> tuple[Rule, ...]:
    return read_rules(DATA / "implied.txt")


@lru_cache(maxsize=10_000)
def complete(
    facts: frozenset[Fact], usage_type: str, *, has_unread: bool, is_of_several: bool = False
) -> frozenset[Fact]:
    """`facts` and what follows from them by the rules of data/implied.txt.

    Args:
        facts: what the name and the category say.
        usage_type: Google's, in lower case.
        has_unread: whether words of the name are left over.
        is_of_several: whether the place in the name is a multi-region.
    """
    known: Values = defaultdict(set, {USAGE_TYPE: {usage_type}})
    known[UNREAD] = {"words"} if has_unread else set()
    known[PLACE] = {"multi"} if is_of_several else set()
    for attribute, value in facts:
        known[attribute].add(value)
    for rule in _rules():
        if all(condition.holds(known) for condition in rule.conditions):
            for consequence in rule.consequences:
                consequence.apply(known)
    del known[USAGE_TYPE], known[UNREAD], known[PLACE]
    return frozenset((attribute, value) for attribute, values in known.items() for value in values)
