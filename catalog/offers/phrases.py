"""Tokens of names and questions, and tables of phrases that are looked up in them, the longest first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Generic, TypeVar

from catalog.offers import DATA
from catalog.places import fold
from catalog.words import keys

Value = TypeVar("Value")
# "80gb", "1yr": a number and its unit are two tokens.
_NUMBER_AND_UNIT = re.compile(r"(\d+)([a-z]+)")
_PLURAL = re.compile(r"(?P<y>\w{2,})ies|(?P<ss>\w+ss)es|(?P<rest>\w*[^\Wsuia\d])s")
# Singulars by words that look otherwise: "cpus" by "cpu".
PLURALS = keys(DATA / "plurals.txt")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in the singular, and the number of the word that it comes from."""

    text: str
    word: int


def tokens_of(words: Sequence[str]) -> list[Token]:
    """The tokens of folded `words`: numbers apart from their units, plurals as singulars."""
    return [Token(text, number) for number, word in enumerate(words) for text in _texts_of(word)]


@lru_cache(maxsize=10_000)
def _texts_of(word: str) -> tuple[str, ...]:
    parts = _NUMBER_AND_UNIT.fullmatch(word)
    return tuple(singular(part) for part in (parts.groups() if parts else (word,)))


def singular(word: str) -> str:
    """`word` without the ending of a plural; the same word always gives the same token."""
    plural = None if word in PLURALS else _PLURAL.fullmatch(word)
    if not plural:
        return PLURALS.get(word, word)
    return f"{plural['y']}y" if plural["y"] else plural["ss"] or plural["rest"]


def texts(phrase: str) -> tuple[str, ...]:
    """The texts of the tokens of `phrase`."""
    return tuple(text for word in fold(phrase).split() for text in _texts_of(word))


class Phrases(Generic[Value]):
    """Phrases with the values that they stand for; a phrase may have several."""

    def __init__(self) -> None:
        self._values: defaultdict[tuple[str, ...], list[Value]] = defaultdict(list)
        # How long phrases are that start with a word, the longest first.
        self._lengths: dict[str, tuple[int, ...]] = {}

    def add(self, phrase: str, value: Value) -> None:
        if words := texts(phrase):
            self._values[words].append(value)
            lengths = {len(words), *self._lengths.get(words[0], ())}
            self._lengths[words[0]] = tuple(sorted(lengths, reverse=True))

    def at(self, tokens: Sequence[str], start: int) -> list[tuple[int, Value]]:
        """(end, value) of all phrases that start at `start`, the longest first."""
        lengths = self._lengths.get(tokens[start])
        if not lengths:
            return []
        return [
            (start + length, value)
            for length in lengths
            if start + length <= len(tokens)
            for value in self._values.get(tuple(tokens[start : start + length]), ())
        ]

    def values(self) -> Iterator[Value]:
        """The values of all phrases."""
        return chain.from_iterable(self._values.values())

    def words(self) -> frozenset[str]:
        """All words that are part of a phrase."""
        return frozenset(word for words in self._values for word in words)
