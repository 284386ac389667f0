"""Builds FTS5 expressions over the columns of the search index.

Every value is quoted and its own quotes are removed, so user input is never parsed as an operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog.search.query import Term
from catalog.search.query.spelling import Words

WORDS = "{name text}"
# A single letter would match too many words.
MIN_PREFIX_LENGTH = 2
MAX_COMPLETIONS = 25
# Matches no SKU, as an expression cannot be empty.
NOTHING = 'filters : "0"'


def quoted(text: str) -> str:
    return '"' + text.replace('"', " ").replace("\0", " ") + '"'


def either(expressions: Iterable[str]) -> str:
    return " OR ".join(f"({expression})" for expression in expressions) or NOTHING


def both(expressions: Iterable[str]) -> str:
    return " AND ".join(f"({expression})" for expression in expressions)


def in_column(column: str, values: Iterable[str]) -> str:
    return either([f"{column} : ({' OR '.join(quoted(value) for value in values)})"] if values else [])


def term_match(term: Term, known: Words) -> str:
    """Matches SKUs whose name or text contains a synonym; a word that the catalog lacks matches as a prefix.

    The full name of a service is looked up by ID, as a phrase of common words takes several times as long.
    """
    places = dict.fromkeys(place for synonym in term.synonyms if (place := _destination_of(synonym)))
    others = (synonym for synonym in term.synonyms if not _destination_of(synonym))
    expressions = [_destinations_match(places, known), *(_spelling(synonym, known) for synonym in others)]
    found = either(expression for expression in expressions if NOTHING not in expression)
    if term.service_ids:
        return either([of_services(term.service_ids), f"name : ({found})"])
    return found if found == NOTHING else f"{WORDS} : ({found})"


def of_services(service_ids: Iterable[str]) -> str:
    return in_column("filters", [filter_token("service", service_id) for service_id in service_ids])


def _spelling(synonym: str, known: Words) -> str:
    parts = [part.split("|") for part in synonym.split(" + ")]
    return both(
        either(_phrase(phrase, known) for phrase in part if _may_match(phrase, known)) for part in parts
    )


def _destination_of(synonym: str) -> str | None:
    """The place in a synonym such as "to japan|between japan", whose phrases are slow to look up, or None."""
    phrases = synonym.split("|")
    places = {phrase.partition(" ")[2] for phrase in phrases}
    return places.pop() if len(phrases) > 1 and len(places) == 1 and "" not in places else None


def _destinations_match(places: Iterable[str], known: Words) -> str:
    """Matches names that contain one of the places, except for traffic within a place."""
    names = [quoted(place) for place in places if _may_match(place, known)]
    return f'name : ({" OR ".join(names)}) NOT "within"' if names else NOTHING


def _may_match(phrase: str, known: Words) -> bool:
    """False if a word of a phrase is not in the catalog: looking the phrase up would be just as slow."""
    return " " not in phrase or known.issuperset(phrase.split())


def words_of(synonym: str) -> list[str]:
    return [word for word in re.split(r"[ |+]+", synonym) if word]


def _phrase(phrase: str, known: Words) -> str:
    """`phrase`, or if it is a word that no SKU contains, the words that start with it.

    A few are listed one by one, as FTS5 reads everything under a prefix before it returns the first row.
    """
    if " " in phrase or phrase in known or len(phrase) < MIN_PREFIX_LENGTH:
        return quoted(phrase)
    longer = known.starting_with(phrase)
    return either(map(quoted, longer)) if 0 < len(longer) <= MAX_COMPLETIONS else f"{quoted(phrase)} *"


def filter_token(kind: str, value: str) -> str:
    return f"{kind}={value.replace(' ', '_')}"
