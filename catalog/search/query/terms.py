"""Terms: the words of a question that are no facts, with their synonyms in the price list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from catalog.places import PLACES
from catalog.search.query.dictionary import GENERIC, OPTIONAL, STOP_WORDS, SYNONYMS

PLURAL = re.compile(r"[a-z ]*[a-z]{2}[^s\W]s|[a-z]\d+s")
# A code identifies a product: "n2", "h100".
CODE = re.compile(r"[a-z]+\d\w*")
# How much a word says about what is meant: codes and words of lists say more than others, letters little.
WEIGHT_OF_CODE, WEIGHT_OF_LISTED, WEIGHT, UNCERTAIN, LITTLE = 5, 4, 3, 2, 1


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a question, or the words for one end of traffic, with the synonyms that match it.

    The most likely synonym comes first. An optional term affects ranking only. A term that is only implied
    has an empty word. `weight` says how much the term says about what is meant, relative to the others.
    `places` are the places of synonyms such as "to japan" and "between japan".
    """

    word: str
    synonyms: tuple[str, ...]
    is_optional: bool = False
    weight: int = WEIGHT
    places: tuple[str, ...] = ()

    @property
    def is_code(self) -> bool:
        return CODE.fullmatch(self.word) is not None

    @property
    def groups(self) -> list[list[str]]:
        """The synonyms that are equally good, the best first: those with a preposition and the same place."""
        found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for synonym in self.synonyms:
            place = self.place_in(synonym)
            found["" if place else synonym, place].append(synonym)
        return list(found.values())

    def place_in(self, synonym: str) -> str:
        """The place in a synonym such as "to japan"; empty if there is none."""
        name = synonym.partition(" ")[2]
        return name if name in self.places else ""

    @property
    def words(self) -> list[str]:
        """The words of the synonyms."""
        return [word for synonym in self.synonyms for word in synonym.split()]


def read_terms(text: str, *, has_more: bool, uncertain: Collection[str]) -> tuple[Term, ...]:
    """The terms of `text` in order; its stop words only count if the question has nothing else.

    Args:
        text: folded text without what was read as a fact, a size or a place.
        has_more: whether the question has any of these.
        uncertain: words that spelling correction produced.
    """
    words = text.split()
    content = [word for word in words if word not in STOP_WORDS and not word.isdigit()]
    kept = content if content or has_more else words
    optional = OPTIONAL | GENERIC
    if optional.issuperset(kept) and not has_more:
        optional = frozenset()
    found = [
        _term(word, is_optional=word in optional, is_uncertain=word in uncertain)
        for word in dict.fromkeys(kept)
    ]
    return tuple(deduplicate(found))


def deduplicate(terms: Iterable[Term]) -> list[Term]:
    """Drops the lighter of two terms with the same first synonym."""
    found: dict[str, Term] = {}
    for term in terms:
        name = term.synonyms[0]
        if name not in found or found[name].weight < term.weight:
            found[name] = term
    return list(found.values())


def _term(word: str, *, is_optional: bool, is_uncertain: bool) -> Term:
    singular = word[:-1] if PLURAL.fullmatch(word) else word
    listed = SYNONYMS.get(word) or SYNONYMS.get(singular) or ()
    weight = _weight(word, listed)
    if is_uncertain:
        weight = min(weight, WEIGHT_OF_LISTED if listed else UNCERTAIN)
    return Term(word, tuple(dict.fromkeys((*listed, word, singular))), is_optional=is_optional, weight=weight)


def _weight(word: str, listed: Sequence[str]) -> int:
    if word in GENERIC or len(word) == 1:
        return LITTLE
    if CODE.fullmatch(word):
        return WEIGHT_OF_CODE
    return WEIGHT_OF_LISTED if listed or word in PLACES else WEIGHT
