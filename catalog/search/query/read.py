"""The workflow: one part after the other is taken out of a question, and what is left are its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from catalog.places import PLACES, REGION_PART, Place, read_place
from catalog.search.query.destination import (
    between_zones,
    far_end,
    is_between_machines,
    take_far_ends,
    take_far_places,
)
from catalog.search.query.dictionary import SEVERAL_REGIONS, USAGE_MARKS, USAGE_WORDS
from catalog.search.query.negation import take_unwanted
from catalog.search.query.normalize import plain_words
from catalog.search.query.patterns import A_PLACE, blank
from catalog.search.query.terms import Term, once, read_terms, term_of
from catalog.search.query.usage_type import take_usage_type

# Services and SKUs have ids of one form.
ID = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", re.IGNORECASE)
PLACE = re.compile(A_PLACE)
DUAL = 2
DUAL_REGION = "dual region"
ONE_REGION = re.compile(r"\b(?:single|one) (?:region|location)\b")


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for.

    `text` is the whole of it, folded and corrected; `place_words` are the words that `place` was read from,
    `corrected` pairs misspelled words with their corrections; `left_out` are words that the catalog lacks.
    `unwanted` are words of the names of SKUs that are not meant.
    """

    terms: tuple[Term, ...] = ()
    ids: tuple[str, ...] = ()
    place: Place | None = None
    place_words: tuple[str, ...] = ()
    usage_type: str | None = None
    corrected: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    text: str = ""

    @property
    def words(self) -> list[str]:
        return list(self.ids) or [term.word for term in self.terms if term.word]


def read_question(
    query: str, correct: Callable[[str], str] = str, base: Callable[[str], str] = str
) -> Question:
    """Reads places, usage types and ids out of `query`; what is left are its words.

    An id names one thing, so a query with an id has no other words.

    Args:
        query: as a person wrote it.
        correct: gives the word that a slip was meant to be, and any other word as it is.
        base: gives the form of a word that the catalog has, such as "suspended" for "suspend".
    """
    ids = tuple(dict.fromkeys(found.upper() for found in ID.findall(query)))
    if ids:
        return Question(ids=ids)
    typed = [base(word) for word in plain_words(query)]
    # A region of a code that we do not know yet is no slip.
    meant = [word if REGION_PART.fullmatch(word) else correct(word) for word in typed]
    corrected = tuple(dict.fromkeys((old, new) for old, new in zip(typed, meant, strict=True) if old != new))
    text = " ".join(meant)
    unwanted, rest = take_unwanted(text)
    usage_type, rest = take_usage_type(rest)
    far_ends, rest = take_far_ends(rest)
    place, place_words, others, rest = _take_place(rest)
    far_places, rest = take_far_places(rest)
    is_exact = is_between_machines(text)
    ends = [far_end(other, is_exact=is_exact) for other in (*others, *far_places)]
    ends = [between_zones(term, place) for term in once((*far_ends, *ends))]
    doubtful = {word for _, new in corrected for word in new.split()}
    terms = read_terms(rest, has_more=bool(place or usage_type or ends), doubtful=doubtful)
    return Question(
        terms=(*terms, *ends),
        place=place,
        place_words=place_words,
        usage_type=usage_type,
        corrected=corrected,
        unwanted=(*_names_of(unwanted), *(SEVERAL_REGIONS if ONE_REGION.search(text) else ())),
        text=text,
    )


def _names_of(unwanted: Iterable[str]) -> tuple[str, ...]:
    """What the names of SKUs have that are not wanted."""
    names: list[str] = []
    for phrase in unwanted:
        usage_type = USAGE_WORDS.get(phrase)
        names += USAGE_MARKS[usage_type] if usage_type else term_of(phrase).spellings[:1]
    return tuple(dict.fromkeys(names))


def _take_place(text: str) -> tuple[Place | None, tuple[str, ...], tuple[str, ...], str]:
    """The first place, or a narrower one in it ("Frankfurt, Germany"), its words, others, and the rest."""
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
    return place, tuple(taken), _apart(others), rest


def _dual_region(place: Place, others: Sequence[str]) -> Place | None:
    """The dual-region of `place` and the other place that is named, if there is one."""
    named = {place.label, *(other.label for name in others if (other := read_place(name)))}
    return next((place for place in PLACES.values() if _is_dual(place) and named == {*place.within}), None)


def _is_dual(place: Place) -> bool:
    """Whether `place` is a dual-region, whose regions are named to say which it is."""
    return len(place.within) == DUAL


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """`names` without those of a place that another one is or is in."""
    kept: dict[str, Place] = {}
    for name in names:
        found = read_place(name)
        if found and not any(place.covers(found) or found.covers(place) for place in kept.values()):
            kept[name] = found
    return tuple(kept)
