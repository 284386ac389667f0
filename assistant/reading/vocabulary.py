"""What the words of questions mean, from the lists in assistant/words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from assistant.reading.words import Word
from catalog.words import entries, words

_FOLDER = Path(__file__).parents[1] / "words"
HARMLESS = "harmless"


class Meaning(NamedTuple):
    """A section of a list, and what a phrase stands for in it."""

    section: str
    key: str


class Lexicon:
    """Phrases with their meanings.

    Args:
        meanings: by phrase, in small letters with single blanks.
    """

    def __init__(self, meanings: Mapping[str, Sequence[Meaning]]) -> None:
        self._meanings = {tuple(phrase.split()): tuple(found) for phrase, found in meanings.items()}
        self._longest = max(map(len, self._meanings))
        self.words = frozenset(word for phrase in self._meanings for word in phrase)

    def at(self, sentence: Sequence[Word], start: int) -> Iterator[tuple[int, Sequence[Meaning]]]:
        """The phrases that start at a word, the longest first, as (number of words, meanings)."""
        texts = tuple(
            "" if word.is_quoted or word.is_date else word.text
            for word in sentence[start : start + self._longest]
        )
        for length in range(len(texts), 0, -1):
            if found := self._meanings.get(texts[:length]):
                yield length, found


@cache
def meanings() -> Lexicon:
    """The phrases of questions. Words that say nothing have the meaning HARMLESS."""
    found = _read("meanings.txt")
    for word in words(_FOLDER / "harmless.txt"):
        found[word].append(Meaning(HARMLESS, word))
    return Lexicon(found)


@cache
def times() -> Lexicon:
    """The phrases of times."""
    return Lexicon(_read("times.txt"))


@cache
def typos() -> Mapping[str, str]:
    """Short words as they are often misspelt, with what they stand for."""
    return {phrase: key for _, key, phrases in entries(_FOLDER / "typos.txt") for phrase in phrases}


def _read(name: str) -> defaultdict[str, list[Meaning]]:
    found: defaultdict[str, list[Meaning]] = defaultdict(list)
    for section, key, phrases in entries(_FOLDER / name):
        for phrase in phrases:
            found[phrase].append(Meaning(section, key))
    return found
