"""The words and values that the catalog has, kept in memory from one sync to the next."""

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
from catalog.search.query.collocations import BESIDE
from catalog.search.query.dictionary import (
    COMMITMENT_WORDS,
    FAR_PLACES,
    FILLERS,
    MACHINE_SHAPES,
    OPTIONAL,
    SPELLINGS,
    TOGETHER,
    USAGE_WORDS,
)
from catalog.search.query.spelling import SpellChecker, Words

# One statement, as a remote database answers each in a round trip.
LOAD = """
SELECT col, term, NULL FROM sku_vocabulary WHERE col <> 'sku_id'
UNION ALL SELECT 'service', name, service_id FROM service_search
"""
# The index parts a value as its tokenizer does.
TOKEN = re.compile(r"[\w=-]+")
OUR_WORDS = frozenset(
    word
    for phrase in (
        *PLACES,
        *FAR_PLACES,
        *SPELLINGS,
        *TOGETHER,
        *USAGE_WORDS,
        *FILLERS,
        *OPTIONAL,
        *MACHINE_SHAPES,
        *COMMITMENT_WORDS,
    )
    for word in phrase.replace(BESIDE, "").split()
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`words` are those of SKUs, `values` their places and filter tokens, `services` ids by folded name."""

    words: Words
    words_of_services: frozenset[str]
    values: frozenset[str]
    services: dict[str, tuple[str, ...]]
    spell_checker: SpellChecker

    def has_value(self, text: str) -> bool:
        """Whether a SKU has the place or filter token `text`."""
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
        return all(token in self.values for token in TOKEN.findall(plain))

    def has(self, term: Term) -> bool:
        """Whether some SKU has one of the spellings' words."""
        return any(word in self.words for word in _words_of(term))

    def may_have(self, term: Term) -> bool:
        """Whether some SKU or service has, or starts a word with, one of the spellings' words."""
        return any(self._has(word) for word in _words_of(term))

    def _has(self, word: str) -> bool:
        return word in self.words_of_services or bool(self.words.starting_with(word))

    def has_token(self, kind: str, value: str) -> bool:
        return self.has_value(filter_token(kind, value))

    def service_ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """Ids of the services with one of `names`, or with that id."""
        found = [service_id for name in names for service_id in self.services.get(fold(name), ())]
        return tuple(dict.fromkeys(found))


def _words_of(term: Term) -> list[str]:
    return [word for spelling in term.spellings for word in words_of(spelling)]


def vocabulary_of(latest: PricingUpdate | None) -> Vocabulary:
    """The vocabulary of the catalog as `latest` left it; before the first sync it is read anew each time.

    A sync that runs right now may add words that are not here yet: they are found, as words that are not
    known match by their letters, but are not told from slips until it has completed.
    """
    return _kept(latest.pk) if latest else _load()


@lru_cache(maxsize=1)
def _kept(_update_id: int) -> Vocabulary:
    """The vocabulary of a sync, which the garbage collector leaves alone.

    Looking through so many words for cycles takes it 30 to 60 ms, and now and then a search had to wait.
    """
    gc.unfreeze()
    vocabulary = _load()
    gc.freeze()
    return vocabulary


def forget() -> None:
    """Read the vocabulary anew at the next search, whatever the sync."""
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
    spell_checker = SpellChecker(words | of_services, OUR_WORDS, words)
    return Vocabulary(Words(words), of_services, frozenset(values), services, spell_checker)
