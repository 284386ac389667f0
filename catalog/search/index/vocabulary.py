"""The words and values of the catalog, stored at the end of a sync and kept in memory until the next."""

from __future__ import annotations

import gc
import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from catalog.offers.language_models import LLM, has_brand
from catalog.offers.phrases import Phrases, texts
from catalog.offers.products import product_names, product_of
from catalog.offers.vocabulary import Side
from catalog.offers.vocabulary import vocabulary as phrases_of_skus
from catalog.places import PLACES, fold
from catalog.pricing import list_prices
from catalog.pricing.derived import Kind, Source
from catalog.pricing.list_prices import Snapshot
from catalog.providers.records import PROVIDERS
from catalog.search.index.fts import filter_token
from catalog.search.index.service_names import ServiceNames
from catalog.search.index.sql import Sql, rows_of
from catalog.search.query import NamesOfServices, Term
from catalog.search.query.dictionary import (
    DESTINATIONS,
    MACHINE_EXTRAS,
    MACHINE_SHAPES,
    OPTIONAL,
    SPEEDS,
    STOP_WORDS,
    SYNONYMS,
)
from catalog.search.query.normalize import plain_words
from catalog.search.query.ordinary import is_ordinary
from catalog.search.query.spelling import SpellChecker, Words

# One statement, as each costs a round trip to a remote database. FTS5 counts the SKUs of each word, which
# takes 200 ms of 200,000, so the rows are stored at the end of a sync.
LOAD = """
SELECT col, term, NULL FROM sku_vocabulary WHERE col NOT IN ('unread', 'sku_id')
UNION ALL SELECT 'service', display_name, service_id FROM services
UNION ALL SELECT 'name of service', name, service_id FROM service_search
UNION ALL SELECT 'provider', s.provider, service_id FROM services AS s JOIN service_search USING (service_id)
    WHERE sku_count > 0
"""
# The columns that have words of SKUs.
OF_SKUS = ("name", "text", "place", "reach", "filters", "facts")
STORED = Kind("words", ("search/index",))
# So many words are a name, even if each of them is ordinary.
MIN_WORDS_OF_NAME = 3
# Signs for which questions are read with other words: "SFTP/FTP", "L.L.C.".
SIGNS = frozenset("/.")
# Splits a value in the same way as the tokenizer of the index.
TOKEN = re.compile(r"[\w=-]+")
LISTED_WORDS = frozenset(
    word
    for phrase in (
        *product_names().words(),
        *phrases_of_skus().words(),
        *PLACES,
        *DESTINATIONS,
        *SYNONYMS,
        *STOP_WORDS,
        *OPTIONAL,
        *SPEEDS,
        *MACHINE_SHAPES,
        *MACHINE_EXTRAS,
    )
    for word in phrase.split()
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The `words` of SKUs, their places and filter tokens (`values`), and service IDs by folded name.

    `facts` are what SKUs are, as "attribute=value"; `products` the names of services. `providers` are those
    that have SKUs, in the order of PROVIDERS, with the services that have any.
    """

    words: Words
    words_of_services: frozenset[str]
    values: frozenset[str]
    facts: frozenset[str]
    products: NamesOfServices
    services: dict[str, tuple[str, ...]]
    service_names: ServiceNames
    providers: dict[str, tuple[str, ...]]
    spell_checker: SpellChecker

    def has_fact(self, attribute: str, value: str) -> bool:
        """Whether any SKU has this value of the attribute."""
        return f"{attribute}={value}" in self.facts

    def has_value(self, text: str) -> bool:
        """Whether any SKU has the place or filter token `text`."""
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
        return all(token in self.values for token in TOKEN.findall(plain))

    def has(self, term: Term) -> bool:
        """Whether any SKU contains a word of the term's synonyms."""
        return any(word in self.words for word in term.words)

    def may_have(self, term: Term) -> bool:
        """Whether a word of the synonyms starts a word of any SKU or is a word of any service."""
        return any(self._has(word) for word in term.words)

    def _has(self, word: str) -> bool:
        return word in self.words_of_services or bool(self.words.starting_with(word))

    def has_token(self, kind: str, value: str) -> bool:
        return self.has_value(filter_token(kind, value))

    def service_ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """The IDs of the services whose name or ID is one of `names`."""
        found = [service_id for name in names for service_id in self.services.get(fold(name), ())]
        return tuple(dict.fromkeys(found))


_kept: dict[Hashable, Vocabulary] = {}


def vocabulary_of(snapshot: Snapshot) -> Vocabulary:
    """The vocabulary of the catalog after the last run; before the first sync it is not kept.

    A running sync may add words that are missing here. They are found, as unknown words match by prefix, but
    may be taken for misspellings until the sync has ended. It takes one query where it is not kept, and
    another, which reads all of the index, where it is not stored either.
    """
    edition = snapshot.edition
    if edition is None:
        return _load(snapshot)
    found = _kept.get(edition)
    if found is None:
        # Frozen with all other objects that live long: a full garbage collection would otherwise visit them
        # all, which takes 30 to 60 ms of a search.
        gc.unfreeze()
        _kept.clear()
        found = _kept[edition] = _load(snapshot)
        gc.freeze()
    return found


def forget() -> None:
    """Empty the memory, so that the next search reads the vocabulary again."""
    _kept.clear()


def renew() -> int:
    """Store the words anew if they have changed.

    Returns:
        1 if they were written.
    """
    snapshot = list_prices.snapshot()
    words = json.dumps(_by_column(rows_of(Sql(LOAD))), ensure_ascii=False, separators=(",", ":"))
    source = Source(hashlib.blake2b(words.encode(), digest_size=16).hexdigest())
    return STORED.renew(lambda: source, lambda: {"": words}, snapshot)


# The texts of a column, those of services with their ids.
_Columns = Mapping[str, Sequence[Any]]


def _by_column(rows: Iterable[Sequence[Any]]) -> _Columns:
    """The rows of LOAD by column, which are quicker to read than rows."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for column, text, service_id in rows:
        found[column].append(text if service_id is None else [text, service_id])
    return found


def _columns(snapshot: Snapshot) -> _Columns:
    stored = STORED.find("", snapshot)
    columns: _Columns = json.loads(stored.content) if stored else _by_column(rows_of(Sql(LOAD)))
    return columns


def _load(snapshot: Snapshot) -> Vocabulary:
    columns = _columns(snapshot)
    found = {name: frozenset(columns.get(name, ())) for name in OF_SKUS}
    sellers: defaultdict[str, list[str]] = defaultdict(list)
    for provider, service_id in columns.get("provider", ()):
        sellers[provider].append(service_id)
    words = found["name"] | found["text"]
    services = _services(tuple((text, service_id) for text, service_id in columns.get("service", ())))
    return Vocabulary(
        Words(words),
        services.words,
        found["place"] | found["reach"] | found["filters"],
        found["facts"],
        replace(services.products, models=_models(_values_of(LLM, found["facts"]))),
        services.ids,
        _service_names(tuple((of, name) for name, of in columns.get("name of service", ()))),
        {each: tuple(sellers[each]) for each in PROVIDERS if each in sellers},
        SpellChecker(words | services.words, LISTED_WORDS, words),
    )


def _values_of(attribute: str, facts: Iterable[str]) -> frozenset[str]:
    start = f"{attribute}="
    return frozenset(fact.removeprefix(start) for fact in facts if fact.startswith(start))


class _Services(NamedTuple):
    """Service IDs by folded name, the words of the names, and what they are called in questions."""

    ids: dict[str, tuple[str, ...]]
    words: frozenset[str]
    products: NamesOfServices


@lru_cache(maxsize=1)
def _services(names: tuple[tuple[str, str], ...]) -> _Services:
    """The services of names and IDs. Most syncs leave them as they are, and to read 1,861 takes 100 ms."""
    ids: dict[str, tuple[str, ...]] = {}
    for text, service_id in names:
        for name in (fold(text), fold(service_id)):
            ids[name] = (*ids.get(name, ()), service_id)
    words = frozenset(word for name in ids for word in name.split())
    return _Services(ids, words, _products(text for text, _ in names))


# Most syncs leave the names of services and models as they are, too.
_service_names = lru_cache(maxsize=1)(ServiceNames)


@lru_cache(maxsize=1)
def _models(values: frozenset[str]) -> Phrases[str]:
    """The names of the language models that are values of their own, as no list has their brand."""
    names: Phrases[str] = Phrases()
    for value in values:
        if not has_brand(value):
            names.add(value.replace("-", " "), value)
    return names


def _products(services: Iterable[str]) -> NamesOfServices:
    """The names of services by which a question can mean them, with the slugs of their products."""
    names, known = NamesOfServices(), phrases_of_skus().words()
    for service in services:
        words = texts(service)
        if _is_name(words, known):
            wordings = {service, " ".join(plain_words(service))} if SIGNS & {*service} else {service}
            for wording in wordings:
                names.anywhere.add(wording, product_of(service))
        elif len(words) > 1 and not _is_phrase(words):
            names.alone.add(service, product_of(service))
    return names


def _is_name(words: Sequence[str], known: Collection[str]) -> bool:
    """Whether the words mean the service in any question; `known` are those of SKUs.

    A short name of ordinary words, or of words about SKUs, such as "Compute", is more likely meant as words.
    """
    own = [word for word in words if not (word in known or word in PLACES or word.isdigit())]
    return any(not is_ordinary(word) for word in own) or (bool(own) and len(words) >= MIN_WORDS_OF_NAME)


def _is_phrase(words: Sequence[str]) -> bool:
    """Whether the words together mean a fact of SKUs, as "Cloud CDN" does."""
    reading = phrases_of_skus().read(words, 0, Side.QUESTION, None)
    return reading is not None and reading.end == len(words)
