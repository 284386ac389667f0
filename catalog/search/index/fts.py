"""What must match, as FTS5 expressions over the columns of the search index.

Every value is quoted, and a quote in it dropped, so no text of a person is ever read as an operator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog.search.query import Term
from catalog.search.query.spelling import Words

WORDS = "{name text}"
# One letter starts a third of all words.
SHORTEST_START = 2
FEW_WORDS = 25
# Stands for a word that no SKU has: an expression cannot be empty.
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
    """A name or description has one of the spellings; a word that the catalog lacks may go on.

    What is a service's whole name is looked up as such: a phrase of common words takes several times as long.
    """
    ends = dict.fromkeys(end for spelling in term.spellings if (end := _far_end(spelling)))
    others = (spelling for spelling in term.spellings if not _far_end(spelling))
    spelled = [_far_ends(ends, known), *(_spelling(spelling, known) for spelling in others)]
    found = either(expression for expression in spelled if NOTHING not in expression)
    if term.service_ids:
        return either([of_services(term.service_ids), f"name : ({found})"])
    return found if found == NOTHING else f"{WORDS} : ({found})"


def of_services(service_ids: Iterable[str]) -> str:
    return in_column("filters", [filter_token("service", service_id) for service_id in service_ids])


def _spelling(spelling: str, known: Words) -> str:
    parts = [part.split("|") for part in spelling.split(" + ")]
    return both(
        either(_phrase(phrase, known) for phrase in part if _may_match(phrase, known)) for part in parts
    )


def _far_end(spelling: str) -> str | None:
    """The place of "to japan|between japan", phrases that take long to look for; None where it is none."""
    phrases = spelling.split("|")
    ends = {phrase.partition(" ")[2] for phrase in phrases}
    return ends.pop() if len(phrases) > 1 and len(ends) == 1 and "" not in ends else None


def _far_ends(ends: Iterable[str], known: Words) -> str:
    """One of `ends` in a name, but not of traffic within a place."""
    names = [quoted(end) for end in ends if _may_match(end, known)]
    return f'name : ({" OR ".join(names)}) NOT "within"' if names else NOTHING


def _may_match(phrase: str, known: Words) -> bool:
    """Not where the catalog lacks a word of a phrase, which takes as long to look for as any."""
    return " " not in phrase or known.issuperset(phrase.split())


def words_of(spelling: str) -> list[str]:
    return [word for word in re.split(r"[ |+]+", spelling) if word]


def _phrase(phrase: str, known: Words) -> str:
    """`phrase`; a word that no SKU has stands for those that start with it.

    These are named where they are few, as FTS5 reads all that a start may be before it gives the first row.
    """
    if " " in phrase or phrase in known or len(phrase) < SHORTEST_START:
        return quoted(phrase)
    longer = known.starting_with(phrase)
    return either(map(quoted, longer)) if 0 < len(longer) <= FEW_WORDS else f"{quoted(phrase)} *"


def filter_token(kind: str, value: str) -> str:
    return f"{kind}={value.replace(' ', '_')}"
