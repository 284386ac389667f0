"""How attributes work in a question: data/attributes.txt."""

from __future__ import annotations

from functools import cache

from catalog.offers import DATA
from catalog.words import entries


@cache
def attributes(kind: str) -> frozenset[str]:
    """The attributes, or facts, of a kind that data/attributes.txt lists.

    Raises:
        KeyError: the list has no such kind.
    """
    return {key: frozenset(names) for _, key, names in entries(DATA / "attributes.txt")}[kind]
