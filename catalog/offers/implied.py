"""What the facts of a SKU say of others: a GPU of its machine family, a usage type of the term."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalog.offers.vocabulary import facts_of_line
from catalog.offers.words import DATA, WordListError, entries

# The values of a SKU by attribute.
Values = dict[str, set[str]]
NOT = "~"
FILE = DATA / "implied.txt"


@dataclass(frozen=True, slots=True)
class _Term:
    """A word of a rule: "a=x|y", "a", "~a=x" or "~a". Without `values` any value is meant."""

    attribute: str
    values: frozenset[str]
    negated: bool

    def holds(self, known: Values) -> bool:
        has = known.get(self.attribute, set())
        return bool(has & self.values if self.values else has) != self.negated

    def apply(self, known: Values) -> None:
        has = known.setdefault(self.attribute, set())
        if self.negated:
            has -= self.values or set(has)
        else:
            has |= self.values


@dataclass(frozen=True, slots=True)
class _Rule:
    conditions: tuple[_Term, ...]
    consequences: tuple[_Term, ...]


def _terms(text: str) -> tuple[_Term, ...]:
    return tuple(_term(word) for word in text.split())


def _term(word: str) -> _Term:
    plain = word.removeprefix(NOT)
    if "=" not in plain:
        return _Term(plain, frozenset(), word != plain)
    (alternatives,) = facts_of_line(FILE, plain)
    return _Term(alternatives[0][0], frozenset(value for _, value in alternatives), word != plain)


@cache
def _rules() -> tuple[_Rule, ...]:
    found = []
    for _, key, consequences in entries(FILE):
        if len(consequences) != 1:
            raise WordListError(f"{FILE.name}, {key!r}: not `conditions: what follows`")
        found.append(_Rule(_terms(key), _terms(consequences[0])))
    return tuple(found)


def imply(known: Values) -> None:
    """Completes `known`, in place, by the rules of data/implied.txt.

    Raises:
        WordListError: the file has an invalid line.
    """
    for rule in _rules():
        if all(condition.holds(known) for condition in rule.conditions):
            for consequence in rule.consequences:
                consequence.apply(known)
