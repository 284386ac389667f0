"""Words that are spelled right, and what a slip of the keyboard was meant to be."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from threading import Lock

import snowballstemmer

# Shorter words differ from others by one letter too often ("node", "mode").
SHORTEST_SLIP = 5
SHORTEST_WITH_TWO_SLIPS = 8
SHORTEST_PART = 3
ABBREVIATIONS = re.compile(r"[b-df-hj-np-tv-xz]+s|[cgt]pus")
LAST_LETTER = "\U0010ffff"
_STEMMER = snowballstemmer.stemmer("english")
_STEMMING = Lock()


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """What the forms of an English word have in common: "mirror" of "mirrored", "vm" of "vms"."""
    if ABBREVIATIONS.fullmatch(word):
        return word[:-1]
    # A stemmer keeps the word that it is at in itself.
    with _STEMMING:
        stemmed: str = _STEMMER.stemWord(word)
    return stemmed


class Words(frozenset[str]):
    """A set of words that tells which of them have a given start."""

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self)

    def starting_with(self, start: str) -> list[str]:
        """The words that start with `start`, in the order of the alphabet."""
        first = bisect_left(self._sorted, start)
        return self._sorted[first : bisect_left(self._sorted, start + LAST_LETTER, first)]


class Lexicon:
    """The words that a question may have; `preferred` ones win where a slip is equally near to several.

    `bases` are the words that others may be forms of.
    """

    def __init__(
        self, words: Iterable[str], preferred: Iterable[str] = (), bases: Iterable[str] = ()
    ) -> None:
        self._preferred = frozenset(preferred)
        self._words = Words(self._preferred.union(words))
        self._by_deletion: defaultdict[str, list[str]] = defaultdict(list)
        for word in sorted(self._words):
            if len(word) >= SHORTEST_SLIP - 1 and word.isalpha():
                for shorter in _deletions(word):
                    self._by_deletion[shorter].append(word)
        self._bases = self._preferred.union(bases)
        self._by_stem = {stem(word): word for word in sorted(bases, reverse=True) if word.isalpha()}

    def knows(self, word: str) -> bool:
        """Whether `word` is one of ours, the start of one or the plural of one."""
        is_plural = word.endswith("s") and not word.endswith("ss")
        return bool(self._words.starting_with(word) or (is_plural and self._words.starting_with(word[:-1])))

    def base(self, word: str) -> str:
        """The word that `word` is another form of, as "mirrored" is of "mirroring", else `word` as it is."""
        if word in self._bases or not word.isalpha():
            return word
        return self._by_stem.get(stem(word), word)

    def mend(self, word: str) -> str:
        """The nearest word of ours where `word` looks like a slip, else `word` as it is."""
        if len(word) < SHORTEST_SLIP or self.knows(word):
            return word
        near = self._one_slip_away(word) if word.isalpha() else []
        if not near and (parts := self._run_together(word)):
            return parts
        near = near or (self._two_slips_away(word) if word.isalpha() else [])
        return min(near, key=lambda found: (found not in self._preferred, -len(found), found), default=word)

    def _run_together(self, word: str) -> str | None:
        """The two words that `word` is made of, as "localssd" and "rhel8" are, or None."""
        for end in range(len(word) - 1, SHORTEST_PART - 1, -1):
            first, second = word[:end], word[end:]
            if first in self._words and (second in self._words or second.isdigit()):
                return f"{first} {second}"
        return None

    def _one_slip_away(self, word: str) -> list[str]:
        # Two words a slip apart are equal once a letter is taken from one or from both.
        found = {near for shorter in _deletions(word) for near in self._by_deletion.get(shorter, ())}
        # The first letter is the one that is seldom wrong: "preserved" is no slip for "reserved".
        return [near for near in found if near[0] == word[0] and distance(word, near) == 1]

    def _two_slips_away(self, word: str) -> list[str]:
        if len(word) < SHORTEST_WITH_TWO_SLIPS:
            return []
        near = (found for found in self._words.starting_with(word[0]) if abs(len(found) - len(word)) <= 2)  # noqa: PLR2004
        return [found for found in near if distance(word, found) == 2]  # noqa: PLR2004


def _deletions(word: str) -> set[str]:
    return {word} | {word[:i] + word[i + 1 :] for i in range(len(word))}


def distance(one: str, other: str) -> int:
    """Letters to insert, drop, replace or swap with the next to make `one` of `other`."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one):
        row = [i + 1]
        for j, wanted in enumerate(other):
            cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (letter != wanted))
            if i and j and letter == other[j - 1] and one[i - 1] == wanted:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
