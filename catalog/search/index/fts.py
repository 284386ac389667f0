"""Builds FTS5 expressions over the columns of the search index.

Every value is quoted and its own quotes are removed, so user input is never parsed as an operator.
"""

from __future__ import annotations

from collections.abc import Iterable

from catalog.offers.attributes import NONE
from catalog.offers.kinds import attributes
from catalog.offers.phrases import texts
from catalog.search.query import NamedFact, Term
from catalog.search.query.spelling import Words

WORDS = "{name text}"
# A single letter would match too many words.
MIN_PREFIX_LENGTH = 2
MAX_COMPLETIONS = 25
# Matches no SKU, as an expression cannot be empty.
NOTHING = 'filters : "0"'
# The filter token of a SKU that Google lists as global, wherever it is sold.
LISTED_AS_GLOBAL = "listed=global"


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

    Places are looked up in place of the phrases that contain them, such as "to japan", as those are slow.
    """
    others = [synonym for synonym in term.synonyms if not term.place_in(synonym)]
    expressions = [_phrase(synonym, known) for synonym in others if _may_match(synonym, known)]
    if places := [place for place in term.places if _may_match(place, known)]:
        # Traffic within a place goes to no other.
        expressions.append(f'name : ({" OR ".join(map(quoted, places))}) NOT "within"')
    return f"{WORDS} : ({either(expressions)})" if expressions else NOTHING


def fact_match(fact: NamedFact, *, may_lack: bool = False) -> str:
    """Matches SKUs that have one of the facts, or have no value of the attribute if they `may_lack` it.

    Facts of some attributes also hold for a SKU whose name has the words of the question unread: the
    vocabulary does not know the names of every service.
    """
    values = [f"{attribute}={value}" for attribute, value in fact.facts]
    if may_lack:
        values.append(f"{fact.attribute}={NONE}")
    held = in_column("facts", values)
    if fact.attribute not in attributes("by words"):
        return held
    return either([held, both(f"unread : {quoted(word)}" for word in texts(fact.word))])


def of_services(service_ids: Iterable[str]) -> str:
    return in_column("filters", [filter_token("service", service_id) for service_id in service_ids])


def _may_match(phrase: str, known: Words) -> bool:
    """False if a word of a phrase is not in the catalog: looking the phrase up would be just as slow."""
    return " " not in phrase or known.issuperset(phrase.split())


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
