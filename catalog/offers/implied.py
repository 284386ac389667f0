"""What the facts of a SKU say of others: a GPU of its machine family, a usage type of the term."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from catalog.offers.vocabulary import parse_facts
from catalog.offers.words import DATA, WordListError, entries

# The values of a SKU by attribute.
Values = dict[str, set[str]]
NOT = "~"


@dataclass(frozen=True, slots=True)
class _Term:
    """ "a=x|y", "a", "~a=x" or "~a"; without `values` any value is meant."""

    attribute: str
    values: frozenset[str]
    negated: bool

    def holds(self, known: Values) -> bool:
        has = known.get(self.attribute, frozenset())
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
    ((*alternatives,),) = parse_facts(plain)
    return _Term(alternatives[0][0], frozenset(value for _, value in alternatives), word != plain)


@cache
def _rules() -> tuple[_Rule, ...]:
    file = DATA / "implied.txt"
    found = []
    for _, key, consequences in entries(file):
        if len(consequences) != 1:
            raise WordListError(f"{file.name}, {key!r}: not `conditions: what follows`")
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
