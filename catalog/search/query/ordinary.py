"""Ordinary English words, which a question may use without naming a thing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from catalog.offers.phrases import singular
from catalog.search.query.stems import stem
from catalog.words import words


@cache
def _ordinary() -> frozenset[str]:
    return words(Path(__file__).with_name("en") / "ordinary.txt")


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(stem, _ordinary()))


def is_ordinary(word: str) -> bool:
    """Whether `word` or another form of it is in the list."""
    return singular(word) in _ordinary() or stem(word) in _stems()
