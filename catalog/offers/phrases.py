"""Tokens of names and questions, and tables of phrases that are looked up in them, the longest first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from catalog.places import fold

Value = TypeVar("Value")
# "80gb", "1yr": a number and its unit are two tokens.
_NUMBER_AND_UNIT = re.compile(r"(\d+)([a-z]+)")
_PLURAL = re.compile(r"(?P<processor>v?[cgt]pu)s|(?P<y>\w{2,})ies|(?P<rest>\w*[^\Wsui\d])s")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in the singular, and the number of the word that it comes from."""

    text: str
    word: int


def tokens_of(words: Sequence[str]) -> list[Token]:
    """The tokens of folded `words`: numbers apart from their units, plurals as singulars."""
    found = []
    for number, word in enumerate(words):
        parts = _NUMBER_AND_UNIT.fullmatch(word)
        found += [Token(singular(part), number) for part in (parts.groups() if parts else (word,))]
    return found


def singular(word: str) -> str:
    """`word` without the ending of a plural; the same word always gives the same token."""
    plural = _PLURAL.fullmatch(word)
    if not plural:
        return word
    return plural["processor"] or (f"{plural['y']}y" if plural["y"] else plural["rest"])


def texts(phrase: str) -> tuple[str, ...]:
    """The texts of the tokens of `phrase`."""
    return tuple(token.text for token in tokens_of(fold(phrase).split()))


class Phrases(Generic[Value]):
    """Phrases with the values that they stand for; a phrase may have several."""

    def __init__(self) -> None:
        self._by_first: defaultdict[str, list[tuple[tuple[str, ...], Value]]] = defaultdict(list)

    def add(self, phrase: str, value: Value) -> None:
        if words := texts(phrase):
            known = self._by_first[words[0]]
            known.append((words, value))
            known.sort(key=lambda entry: -len(entry[0]))

    def at(self, tokens: Sequence[str], start: int) -> list[tuple[int, Value]]:
        """(end, value) of all phrases that start at `start`, the longest first."""
        return [
            (start + len(words), value)
            for words, value in self._by_first.get(tokens[start], ())
            if tuple(tokens[start : start + len(words)]) == words
        ]

    def words(self) -> frozenset[str]:
        """All words that are part of a phrase."""
        return frozenset(word for known in self._by_first.values() for words, _ in known for word in words)
