"""What of a question is not in English, and so is not read."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
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
    language = _language_of(words)
    if not language and all(map(str.isascii, words)):
        return Apart(tuple(words), (), is_other=False)
    named = _in_long_names(words)
    kept = [at in named or (_is_latin(word) and word not in language) for at, word in enumerate(words)]
    unread = (word for word, is_kept in zip(words, kept, strict=True) if not is_kept)
    return Apart(tuple(compress(words, kept)), tuple(unread), bool(language))


def _language_of(words: Sequence[str]) -> frozenset[str]:
    """The words of the language that more words are of, and of it alone, than of English; empty if none."""
    found = Counter(language for word in set(words) for language in _telling().get(word, ()))
    for language, count in found.most_common():
        english = {word for word in words if word in STOP_WORDS and word not in language}
        if count >= MIN_WORDS and count > len(english):
            return language
    return frozenset()


def _in_long_names(words: Sequence[str]) -> frozenset[int]:
    """The positions of words in places of several words: "los" of Los Angeles."""
    lengths = range(2, MAX_WORDS_OF_PLACE + 1)
    spans = (range(at, at + length) for length in lengths for at in range(len(words) - length + 1))
    return frozenset(at for span in spans if " ".join(words[span.start : span.stop]) in PLACES for at in span)


@cache
def _telling() -> dict[str, list[frozenset[str]]]:
    """The languages that have a word, each as its words, for words without a meaning in English.

    "La" may be Los Angeles, and "pro" is part of many names.
    """
    listed = {*STOP_WORDS, *PLACES, *vocabulary().words(), *product_names().words()}
    languages = [frozenset(words) for _, _, words in entries(Path(__file__).with_name("other_languages.txt"))]
    found: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    for language in languages:
        for word in language - listed:
            if not is_ordinary(word):
                found[word].append(language)
    return dict(found)


def _is_latin(word: str) -> bool:
    return all("LATIN" in unicodedata.name(char, "") for char in word if char.isalpha())
