"""What of a question is not in English, and so is not read."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from pathlib import Path

from catalog.offers.products import product_names
from catalog.offers.vocabulary import vocabulary
from catalog.places import PLACES
from catalog.search.query.dictionary import STOP_WORDS
from catalog.search.query.ordinary import is_ordinary
from catalog.words import entries

# So many words of another language make a question one in it; a name may have one ("rio de janeiro").
MIN_WORDS = 2
MAX_WORDS_OF_PLACE = max(len(name.split()) for name in PLACES)


@dataclass(frozen=True, slots=True)
class Apart:
    """The words of a question that may be read, those that are not, and whether it is in another language."""

    words: tuple[str, ...]
    unread: tuple[str, ...]
    is_other: bool


def apart(words: Sequence[str]) -> Apart:
    """The folded `words` of a question without those of other languages and scripts."""
    language = max(_languages(), key=lambda language: _lead(language, words))
    is_other = _lead(language, words) > 0
    foreign = language if is_other else frozenset[str]()
    named = _in_long_names(words)
    kept = [at in named or (_is_latin(word) and word not in foreign) for at, word in enumerate(words)]
    unread = (word for word, is_kept in zip(words, kept, strict=True) if not is_kept)
    return Apart(tuple(compress(words, kept)), tuple(unread), is_other)


def _lead(language: Collection[str], words: Sequence[str]) -> int:
    """How many more words are of the language alone than of English alone; 0 if they are too few."""
    only_there = {word for word in words if word in language and not _is_known(word)}
    only_here = {word for word in words if word in STOP_WORDS and word not in language}
    return len(only_there) - len(only_here) if len(only_there) >= MIN_WORDS else 0


def _in_long_names(words: Sequence[str]) -> frozenset[int]:
    """The positions of words in places of several words: "los" of Los Angeles."""
    lengths = range(2, MAX_WORDS_OF_PLACE + 1)
    spans = (range(at, at + length) for length in lengths for at in range(len(words) - length + 1))
    return frozenset(at for span in spans if " ".join(words[span.start : span.stop]) in PLACES for at in span)


def _is_known(word: str) -> bool:
    """Whether the word means something in English: "la" may be Los Angeles."""
    listed = word in STOP_WORDS or word in PLACES or word in _listed()
    return listed or is_ordinary(word)


@cache
def _listed() -> frozenset[str]:
    return vocabulary().words() | product_names().words()


def _is_latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") for char in word if char.isalpha())


@cache
def _languages() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(words) for _, _, words in entries(Path(__file__).with_name("other_languages.txt")))
