"""Stems of English words."""

from __future__ import annotations

import re
from functools import lru_cache
from threading import Lock

import snowballstemmer

from catalog.offers.phrases import PLURALS

# The plural of an abbreviation has no vowels: "vms".
ABBREVIATIONS = re.compile(r"[b-df-hj-np-tv-xz]+s")
_STEMMER = snowballstemmer.stemmer("english")
_STEMMING = Lock()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The stem of an English word: "mirror" for "mirrored", "vm" for "vms"."""
    if ABBREVIATIONS.fullmatch(word) or word in PLURALS:
        return word[:-1]
    # The stemmer keeps the current word as state, so threads take turns.
    with _STEMMING:
        stemmed: str = _STEMMER.stemWord(word)
    return stemmed
