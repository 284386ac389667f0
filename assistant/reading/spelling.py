"""Corrects words that look misspelt, where one known word is nearest; none of several that are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from assistant.reading.vocabulary import typos
from assistant.reading.words import Word
from catalog.search.query.ordinary import is_ordinary

# Shorter words differ from others by one letter too often.
MIN_LENGTH = 4
MIN_LENGTH_FOR_TWO_EDITS = 8


@dataclass(frozen=True, slots=True)
class Correction:
    """A word as it was written, and the one that it is read as."""

    written: str
    read: str


def corrected(
    sentence: Sequence[Word], known: Collection[str], names: Collection[str]
) -> tuple[list[Word], list[Correction]]:
    """The sentence with known words in place of misspelt ones, and what was corrected.

    Args:
        sentence: its words.
        known: words of the vocabulary.
        names: words of the data's names.
    """
    found: list[Word] = []
    corrections: list[Correction] = []
    for word in sentence:
        right = None if word.is_quoted or word.is_date else _nearest(word.text, known, names)
        found.append(replace(word, text=right) if right else word)
        corrections += [Correction(word.shown, right)] if right else []
    return found, corrections


def _nearest(text: str, known: Collection[str], names: Collection[str]) -> str | None:
    if text in typos() and text not in known and text not in names:
        return typos()[text]
    if not text.isalpha() or len(text) < MIN_LENGTH or text in known or text in names or is_ordinary(text):
        return None
    edits = 2 if len(text) >= MIN_LENGTH_FOR_TWO_EDITS else 1
    choices = [word for word in {*known, *names} if len(word) >= MIN_LENGTH and word.isalpha()]
    near = process.extract(text, choices, scorer=OSA.distance, score_cutoff=edits, limit=None)
    # Of as few edits, one that adds or swaps letters is likelier than one that takes others.
    by_likeness = sorted(((distance, -fuzz.ratio(text, word), word) for word, distance, _ in near))
    is_tie = len(by_likeness) > 1 and by_likeness[0][:2] == by_likeness[1][:2]
    return None if is_tie or not by_likeness else by_likeness[0][2]
