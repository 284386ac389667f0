"""Pieces of SQL that carry the values of their placeholders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.db import connection

Param = str | int


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with the values of its placeholders, in their order."""

    text: str
    params: tuple[Param, ...] = ()


def rows_of(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def compose(template: str, **parts: Sql) -> Sql:
    """`template` with its {names} replaced; the values follow in the order in which the names stand."""
    text: list[str] = []
    params: list[Param] = []
    for literal, name, _, _ in Formatter().parse(template):
        text.append(literal)
        if name:
            text.append(parts[name].text)
            params.extend(parts[name].params)
    return Sql("".join(text), tuple(params))


def join(separator: str, pieces: Iterable[Sql]) -> Sql:
    pieces = list(pieces)
    return Sql(
        separator.join(piece.text for piece in pieces),
        tuple(param for piece in pieces for param in piece.params),
    )


def any_of(pieces: Iterable[Sql]) -> Sql:
    """True where one of `pieces` is; false where there are none."""
    return compose("({pieces})", pieces=join(" OR ", [*pieces] or [Sql("0")]))


def all_of(pieces: Iterable[Sql]) -> Sql:
    """True where each of `pieces` is, and where there are none."""
    return compose("({pieces})", pieces=join(" AND ", [*pieces] or [Sql("1")]))


def sum_of(pieces: Iterable[Sql]) -> Sql:
    return compose("({pieces})", pieces=join(" + ", [*pieces] or [Sql("0")]))


def one_of(column: str, values: Iterable[str]) -> Sql:
    values = tuple(values)
    return Sql(f"{column} IN ({', '.join(['%s'] * len(values))})", values)


def contains(text: str, part: str) -> Sql:
    """`text` has `part` in it: instr, as LIKE is slower and has wildcards to escape."""
    return Sql(f"(instr({text}, %s) > 0)", (part,))


def has_word(words: str, phrase: str) -> Sql:
    """The words, with a space around each, have the whole of `phrase`."""
    return contains(words, f" {phrase} ")


def spells(words: str, spelling: str) -> Sql:
    """The words have each phrase of `spelling`, "a|b + c", whole."""
    return all_of(
        any_of(has_word(words, phrase) for phrase in part.split("|")) for part in spelling.split(" + ")
    )
