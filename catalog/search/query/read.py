"""The workflow: takes IDs, places and usage types out of a question; the remaining words are its terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.places import PLACES, REGION_PART, Place, read_place
from catalog.search.query.destination import (
    between_zones,
    destination_term,
    is_between_machines,
    take_destinations,
    take_listed_destinations,
)
from catalog.search.query.dictionary import MULTI_REGION_MARKS, USAGE_MARKS, USAGE_WORDS
from catalog.search.query.negation import take_negated
from catalog.search.query.normalize import plain_words
from catalog.search.query.patterns import A_PLACE, blank
from catalog.search.query.terms import Term, deduplicate, read_terms, term_of
from catalog.search.query.usage_type import take_usage_type

# Service IDs and SKU IDs have the same form.
ID = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", re.IGNORECASE)
PLACE = re.compile(A_PLACE)
DUAL = 2
DUAL_REGION = "dual region"
ONE_REGION = re.compile(r"\b(?:single|one) (?:region|location)\b")


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for.

    `text` is the whole query, folded and corrected. `place_words` are the words that `place` was read from.
    `corrected` pairs misspelled words with their corrections, `unknown` are words that the catalog does not
    contain, and `negated` are words that mark a SKU name as not meant.
    """

    terms: tuple[Term, ...] = ()
    ids: tuple[str, ...] = ()
    place: Place | None = None
    place_words: tuple[str, ...] = ()
    usage_type: str | None = None
    corrected: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()
    negated: tuple[str, ...] = ()
    text: str = ""

    @property
    def words(self) -> list[str]:
        return list(self.ids) or [term.word for term in self.terms if term.word]


def read_question(
    query: str, correct: Callable[[str], str] = str, base_form: Callable[[str], str] = str
) -> Question:
    """Reads IDs, places and usage types out of `query`; the remaining words become terms.

    An ID identifies one thing, so the other words of a query with an ID are ignored.

    Args:
        query: as a person wrote it.
        correct: returns the correction of a misspelled word and any other word unchanged.
        base_form: returns the form of a word that the catalog uses, such as "suspended" for "suspend".
    """
    ids = tuple(dict.fromkeys(found.upper() for found in ID.findall(query)))
    if ids:
        return Question(ids=ids)
    typed = [base_form(word) for word in plain_words(query)]
    # The code of a region that we do not know yet is not a misspelling.
    words = [word if REGION_PART.fullmatch(word) else correct(word) for word in typed]
    corrected = tuple(dict.fromkeys((old, new) for old, new in zip(typed, words, strict=True) if old != new))
    text = " ".join(words)
    negated, rest = take_negated(text)
    usage_type, rest = take_usage_type(rest)
    destinations, rest = take_destinations(rest)
    place, place_words, others, rest = _take_place(rest)
    listed, rest = take_listed_destinations(rest)
    is_exact = is_between_machines(text)
    endpoints = [destination_term(other, is_exact=is_exact) for other in (*others, *listed)]
    endpoints = [between_zones(term, place) for term in deduplicate((*destinations, *endpoints))]
    uncertain = {word for _, new in corrected for word in new.split()}
    terms = read_terms(rest, has_more=bool(place or usage_type or endpoints), uncertain=uncertain)
    return Question(
        terms=(*terms, *endpoints),
        place=place,
        place_words=place_words,
        usage_type=usage_type,
        corrected=corrected,
        negated=(*_negated_words(negated), *(MULTI_REGION_MARKS if ONE_REGION.search(text) else ())),
        text=text,
    )


def _negated_words(negated: Iterable[str]) -> tuple[str, ...]:
    """The words that SKU names use for `negated` phrases."""
    names: list[str] = []
    for phrase in negated:
        usage_type = USAGE_WORDS.get(phrase)
        names += USAGE_MARKS[usage_type] if usage_type else term_of(phrase).synonyms[:1]
    return tuple(dict.fromkeys(names))


def _take_place(text: str) -> tuple[Place | None, tuple[str, ...], tuple[str, ...], str]:
    """The place that `text` names, its words, the other places and the remaining text.

    It is the first place named or a narrower one inside it: "Frankfurt, Germany".
    """
    place: Place | None = None
    taken: list[str] = []
    others: list[str] = []
    rest = text
    for match in PLACE.finditer(text):
        found = read_place(match[0])
        if found is None:
            continue
        rest = blank(rest, match)
        if place and not (place.covers(found) or found.covers(place)):
            others.append(match[0])
            continue
        if place is None or _is_dual(found) or (place.covers(found) and not _is_dual(place)):
            place = found
        taken.append(match[0])
    if place and DUAL_REGION in text and (dual := _dual_region(place, others)):
        place, others = dual, []
    return place, tuple(taken), _distinct(others), rest


def _dual_region(place: Place, others: Sequence[str]) -> Place | None:
    """The dual-region that consists of `place` and the one other place, or None."""
    named = {place.label, *(other.label for name in others if (other := read_place(name)))}
    return next((place for place in PLACES.values() if _is_dual(place) and named == {*place.within}), None)


def _is_dual(place: Place) -> bool:
    """Whether `place` is a dual-region, which people also name by its two regions."""
    return len(place.within) == DUAL


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Drops places equal to or inside another named place."""
    kept: dict[str, Place] = {}
    for name in names:
        found = read_place(name)
        if found and not any(place.covers(found) or found.covers(place) for place in kept.values()):
            kept[name] = found
    return tuple(kept)
