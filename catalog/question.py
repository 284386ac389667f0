"""Reads a person's question: which words name a place, a way to buy, or the thing itself."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from catalog.places import PLACES, REGION_CODE, Place, fold, read_place
from catalog.words import FILLERS, SPELLINGS, USAGE_WORDS

# Services and SKUs have ids of one form.
ID = re.compile(r"\b[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}\b", re.IGNORECASE)
# "1 year commitment", "cud 3yr", "for three years".
_COMMIT = r"(?:commit\w*|cuds?)(?: use)?(?: discounts?)?"
COMMITMENT = re.compile(
    rf"\b(?:{_COMMIT} )?(?:for )?(?P<years>1|one|3|three) ?(?:y|yr|yrs|year|years)\b(?: {_COMMIT}\b)?"
)
PLURAL = re.compile(r"[a-z ]*[a-z]{2}[^s\W]s")


def _any_of(phrases: Collection[str]) -> str:
    """A pattern of whole words; the longest phrase wins."""
    return rf"\b(?:{'|'.join(sorted(phrases, key=len, reverse=True))})\b"


# "Egress to India" is sold elsewhere, so "to" bars a place.
PLACE = re.compile(rf"(?<!\bto )\b(?:{REGION_CODE.pattern}\b|{_any_of(PLACES)})")
USAGE = re.compile(_any_of(USAGE_WORDS))
PHRASE_OR_WORD = re.compile(rf"{_any_of([f'{phrase}s?' for phrase in SPELLINGS if ' ' in phrase])}|\S+")


@dataclass(frozen=True, slots=True)
class Term:
    """One word or set phrase with the spellings that count as it, the likeliest first."""

    word: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a query asks for. `place_words` are the words that `place` was read from."""

    terms: tuple[Term, ...] = ()
    ids: tuple[str, ...] = ()
    place: Place | None = None
    place_words: tuple[str, ...] = ()
    usage_type: str | None = None

    @property
    def words(self) -> list[str]:
        return list(self.ids) or [term.word for term in self.terms]


def read_question(query: str) -> Question:
    """Reads places, usage types and ids out of `query`; what is left are its words.

    An id names one thing, so a query with an id has no other words.
    """
    ids = tuple(dict.fromkeys(found.upper() for found in ID.findall(query)))
    if ids:
        return Question(ids=ids)
    place, place_words, rest = _take_place(fold(query))
    usage_type, rest = _take_usage_type(rest)
    return Question(_terms(rest, bool(place or usage_type)), (), place, place_words, usage_type)


def read_usage_type(text: str) -> str | None:
    """The usage type that the whole of `text` names, as "spot" or "3 year commitment" do, or None."""
    usage_type, rest = _take_usage_type(fold(text))
    return usage_type if not rest.strip() else None


def _take_place(text: str) -> tuple[Place | None, tuple[str, ...], str]:
    """The first place of `text`, or a narrower one inside it ("Frankfurt, Germany"); others stay words."""
    place: Place | None = None
    taken: list[str] = []
    rest = text
    for match in PLACE.finditer(text):
        found = read_place(match[0])
        if found is None or (place and not (place.covers(found) or found.covers(place))):
            continue
        place = found if place is None or place.covers(found) else place
        taken.append(match[0])
        rest = _blank(rest, match)
    return place, tuple(taken), rest


def _take_usage_type(text: str) -> tuple[str | None, str]:
    if match := COMMITMENT.search(text):
        return ("Commit1Yr" if match["years"] in ("1", "one") else "Commit3Yr"), _blank(text, match)
    matches = list(USAGE.finditer(text))
    usage_types = {USAGE_WORDS[match[0]] for match in matches}
    if len(usage_types) != 1:
        return None, text
    for match in matches:
        text = _blank(text, match)
    return usage_types.pop(), text


def _blank(text: str, match: re.Match[str]) -> str:
    """`text` with spaces for what matched, so that positions stay and no phrase forms across the gap."""
    return text[: match.start()] + " " * len(match[0]) + text[match.end() :]


def _terms(text: str, has_more: bool) -> tuple[Term, ...]:
    """The terms of `text` in order; its fillers only where the question is nothing else."""
    words = [match[0] for match in PHRASE_OR_WORD.finditer(text)]
    telling = [word for word in words if word not in FILLERS]
    return tuple(_term(word) for word in dict.fromkeys(telling if telling or has_more else words))


def _term(word: str) -> Term:
    singular = word[:-1] if PLURAL.fullmatch(word) else word
    spellings = SPELLINGS.get(word) or SPELLINGS.get(singular) or (word, singular)
    return Term(word, tuple(dict.fromkeys(spellings)))
