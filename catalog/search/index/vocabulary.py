"""The words and values of the catalog, kept in memory from one sync to the next."""

from __future__ import annotations

import gc
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from catalog.models import PricingUpdate
from catalog.places import PLACES, fold
from catalog.search.index.fts import filter_token, words_of
from catalog.search.index.sql import Sql, rows_of
from catalog.search.query import Term
from catalog.search.query.collocations import CONTEXT_MARK
from catalog.search.query.dictionary import (
    COLLOCATIONS,
    COMMITMENT_WORDS,
    DESTINATIONS,
    MACHINE_SHAPES,
    OPTIONAL,
    STOP_WORDS,
    SYNONYMS,
    USAGE_WORDS,
)
from catalog.search.query.spelling import SpellChecker, Words

# One statement, as each costs a round trip to a remote database.
LOAD = """
SELECT col, term, NULL FROM sku_vocabulary WHERE col <> 'sku_id'
UNION ALL SELECT 'service', name, service_id FROM service_search
"""
# Splits a value in the same way as the tokenizer of the index.
TOKEN = re.compile(r"[\w=-]+")
LISTED_WORDS = frozenset(
    word
    for phrase in (
        *PLACES,
        *DESTINATIONS,
        *SYNONYMS,
        *COLLOCATIONS,
        *USAGE_WORDS,
        *STOP_WORDS,
        *OPTIONAL,
        *MACHINE_SHAPES,
        *COMMITMENT_WORDS,
    )
    for word in phrase.replace(CONTEXT_MARK, "").split()
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The `words` of SKUs, their places and filter tokens (`values`), and service IDs by folded name."""

    words: Words
    words_of_services: frozenset[str]
    values: frozenset[str]
    services: dict[str, tuple[str, ...]]
    spell_checker: SpellChecker

    def has_value(self, text: str) -> bool:
        """Whether any SKU has the place or filter token `text`."""
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
        return all(token in self.values for token in TOKEN.findall(plain))

    def has(self, term: Term) -> bool:
        """Whether any SKU contains a word of the term's synonyms."""
        return any(word in self.words for word in _words_of(term))

    def may_have(self, term: Term) -> bool:
        """Whether a word of the synonyms starts a word of any SKU or is a word of any service."""
        return any(self._has(word) for word in _words_of(term))

    def _has(self, word: str) -> bool:
        return word in self.words_of_services or bool(self.words.starting_with(word))

    def has_token(self, kind: str, value: str) -> bool:
        return self.has_value(filter_token(kind, value))

    def service_ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """The IDs of the services whose name or ID is one of `names`."""
        found = [service_id for name in names for service_id in self.services.get(fold(name), ())]
        return tuple(dict.fromkeys(found))


def _words_of(term: Term) -> list[str]:
    return [word for synonym in term.synonyms for word in words_of(synonym)]


def vocabulary_of(latest: PricingUpdate | None) -> Vocabulary:
    """The vocabulary of the catalog after the sync `latest`; before the first sync it is not cached.

    A running sync may add words that are missing here. They are found, as unknown words match by prefix, but
    may be taken for misspellings until the sync has completed.
    """
    return _kept(latest.pk) if latest else _load()


@lru_cache(maxsize=1)
def _kept(_update_id: int) -> Vocabulary:
    """The vocabulary of a sync, frozen together with all other objects that live long.

    A full garbage collection would otherwise visit them all, which takes 30 to 60 ms of a search.
    """
    gc.unfreeze()
    vocabulary = _load()
    gc.freeze()
    return vocabulary


def forget() -> None:
    """Clears the cache, so that the next search reads the vocabulary again."""
    _kept.cache_clear()


def _load() -> Vocabulary:
    words: set[str] = set()
    values: set[str] = set()
    services: dict[str, tuple[str, ...]] = {}
    for column, text, service_id in rows_of(Sql(LOAD)):
        if column == "service":
            for name in (fold(text), fold(service_id)):
                services[name] = (*services.get(name, ()), service_id)
        else:
            (words if column in ("name", "text") else values).add(text)
    of_services = frozenset(word for name in services for word in name.split())
    spell_checker = SpellChecker(words | of_services, LISTED_WORDS, words)
    return Vocabulary(Words(words), of_services, frozenset(values), services, spell_checker)
