"""What must match, as FTS5 expressions over the columns of the search index.

Every value is quoted, and a quote in it dropped, so no text of a person is ever read as an operator.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from catalog.question import Term

WORDS = "{name text}"
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


def term_match(term: Term, known: Collection[str]) -> str:
    """A name or description has one of the spellings; a word that the catalog lacks may go on.

    What is a service's whole name is looked up as such: a phrase of common words takes several times as long.
    """
    columns = "name" if term.service_ids else WORDS
    spelled = f"{columns} : ({either(_spelling(spelling, known) for spelling in term.spellings)})"
    return either([of_services(term.service_ids), spelled]) if term.service_ids else spelled


def of_services(service_ids: Iterable[str]) -> str:
    return in_column("filters", [filter_token("service", service_id) for service_id in service_ids])


def _spelling(spelling: str, known: Collection[str]) -> str:
    parts = spelling.split(" + ")
    return both(either(_phrase(phrase, known) for phrase in part.split("|")) for part in parts)


def _phrase(phrase: str, known: Collection[str]) -> str:
    return quoted(phrase) if " " in phrase or phrase in known else f"{quoted(phrase)} *"


def filter_token(kind: str, value: str) -> str:
    return f"{kind}={value.replace(' ', '_')}"
