"""Spelling correction and stemming against the catalog's vocabulary."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from catalog.search.query.ordinary import is_ordinary
from catalog.search.query.stems import stem

# Shorter words differ from others by one letter too often ("node", "mode").
MIN_LENGTH = 5
MIN_LENGTH_FOR_TWO_EDITS = 8
MIN_PART_LENGTH = 3
LAST_LETTER = "\U0010ffff"


class Words(frozenset[str]):
    """A set of words that can be looked up by prefix."""

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self)

    def starting_with(self, prefix: str) -> list[str]:
        """The words that start with `prefix`, in alphabetical order."""
        first = bisect_left(self._sorted, prefix)
        return self._sorted[first : bisect_left(self._sorted, prefix + LAST_LETTER, first)]


class SpellChecker:
    """Corrects the words of a question; of equally close words a `preferred` one wins.

    `base_forms` are the words that inflected words of a question are traced back to. Ordinary English words
    are spelled right, and no correction of others.
    """

    def __init__(
        self, words: Iterable[str], preferred: Iterable[str] = (), base_forms: Iterable[str] = ()
    ) -> None:
        self._preferred = frozenset(preferred)
        self._words = Words(self._preferred.union(words))
        self._base_forms = self._preferred.union(base_forms)
        self._by_stem = {stem(word): word for word in sorted(base_forms, reverse=True) if word.isalpha()}

    def knows(self, word: str) -> bool:
        """Whether `word` is a known word, the plural of one or the start of one."""
        is_plural = word.endswith("s") and not word.endswith("ss")
        return bool(self._words.starting_with(word) or (is_plural and self._words.starting_with(word[:-1])))

    def base_form(self, word: str) -> str:
        """The base form with the stem of `word`, as "mirroring" for "mirrored"; else `word` itself."""
        if word in self._base_forms or not word.isalpha():
            return word
        return self._by_stem.get(stem(word), word)

    def correct(self, word: str) -> str:
        """The closest known word if `word` looks misspelled, else `word` itself."""
        if len(word) < MIN_LENGTH or self.knows(word) or is_ordinary(word):
            return word
        close = [found for found in self._at_distance(1, word) if found.isalpha()]
        if not close and (parts := self._split(word)):
            return parts
        if not close and len(word) >= MIN_LENGTH_FOR_TWO_EDITS:
            close = self._at_distance(2, word)
        return min(close, key=lambda found: (found not in self._preferred, -len(found), found), default=word)

    def _split(self, word: str) -> str | None:
        """The two words that were run together in `word`, as in "localssd" and "rhel8", or None."""
        for end in range(len(word) - 1, MIN_PART_LENGTH - 1, -1):
            first, second = word[:end], word[end:]
            if first in self._words and (second in self._words or second.isdigit()):
                return f"{first} {second}"
        return None

    def _at_distance(self, edits: int, word: str) -> list[str]:
        """The known words that are `edits` edits away from `word`.

        An edit inserts, deletes or replaces a letter or swaps two neighbours (optimal string alignment). The
        first letter is seldom wrong ("preserved" is not a misspelled "reserved"), so it has to be the same.
        """
        if not word.isalpha():
            return []
        matches = process.extract(
            word,
            self._words.starting_with(word[0]),
            scorer=OSA.distance,
            score_cutoff=edits,
            limit=None,
        )
        return [found for found, distance, _ in matches if distance == edits]
