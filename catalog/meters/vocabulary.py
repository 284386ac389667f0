"""The words of billing meters and what they say: one closed list a cloud, read from data/*.txt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from catalog.words import WordListError, entries

DATA = Path(__file__).with_name("data")
# The axes that a word list may speak of, beside the sections [name] and [no meaning].
AXES = frozenset(
    {
        "product",
        "ai",
        "direction",
        "cache",
        "modality",
        "tier",
        "scope",
        "context",
        "counts",
        "factor",
        "kind",
        "variant",
    }
)
NAME = "name"
NO_MEANING = "no meaning"
_WORD = re.compile(r"[^\s_\-\u2013\u2014:/(),]+")
# "InputTokenCount", "mini0718": words that are written as one.
_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d{4}\Z)")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a meter in lower case, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What a phrase says: `axis` is `value`. A phrase of a model's name says so only if nothing else does."""

    axis: str
    value: str
    is_name: bool = False


def words_of(text: str) -> list[Word]:
    """The words of a meter or product: between spaces, hyphens, underscores and capitals."""
    found = []
    for match in _WORD.finditer(text):
        start = match.start()
        for part in _parts(match[0]):
            found.append(Word(part.lower(), start, start + len(part)))
            start += len(part)
    return found


@lru_cache(maxsize=10_000)
def _parts(word: str) -> tuple[str, ...]:
    return tuple(_JOINT.split(word))


class Vocabulary:
    """The phrases of one cloud, the longest first."""

    def __init__(self, file: Path) -> None:
        """Reads a word list.

        Raises:
            WordListError: the list cannot be read or speaks of an axis that there is not.
        """
        self._facts: dict[tuple[str, ...], tuple[Fact, ...]] = {}
        for section, key, phrases in entries(file):
            fact = _fact(section, key, file)
            for phrase in phrases:
                words = tuple(word.text for word in words_of(phrase))
                self._facts[words] = (*self._facts.get(words, ()), fact)
        # Who else hosts a model is part of the model's name: Fireworks, beside Azure.
        self.hosts = frozenset(
            fact.value
            for facts in self._facts.values()
            for fact in facts
            if fact.is_name and fact.axis == "variant"
        )
        # How long phrases are that start with a word, the longest first.
        self._lengths = {
            first: sorted({len(words) for words in self._facts if words[0] == first}, reverse=True)
            for first in {words[0] for words in self._facts}
        }

    def at(self, words: Sequence[str], start: int) -> tuple[int, tuple[Fact, ...]] | None:
        """Where the longest phrase that starts at `start` ends, and what it says."""
        for length in self._lengths.get(words[start], ()):
            phrase = tuple(words[start : start + length])
            if facts := self._facts.get(phrase):
                return start + len(phrase), facts
        return None


def _fact(section: str, key: str, file: Path) -> Fact:
    axis, value = key.split(" ", 1) if section == NAME else (section, key)
    if axis not in AXES and axis != NO_MEANING:
        raise WordListError(f"{file.name}: no axis is called {axis!r}")
    return Fact(axis, value, is_name=section == NAME)


@cache
def vocabulary(cloud: str) -> Vocabulary:
    """The words of the meters of aws, gcp or azure."""
    return Vocabulary(DATA / f"{cloud}.txt")


@cache
def hosts() -> frozenset[str]:
    """The variants that say who hosts a model in place of the cloud itself, on any cloud."""
    return frozenset(host for cloud in ("aws", "azure", "gcp") for host in vocabulary(cloud).hosts)
