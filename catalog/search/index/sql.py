"""Composable pieces of SQL with their parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter
from typing import Any

from django.db import connection

Param = str | int


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with its parameters in order."""

    text: str
    params: tuple[Param, ...] = ()


def rows_of(statement: Sql) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def compose(template: str, **parts: Sql) -> Sql:
    """`template` with its {names} replaced, and the parameters in the order of the names."""
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
    """True if any piece is true; false if there are no pieces."""
    return compose("({pieces})", pieces=join(" OR ", [*pieces] or [Sql("0")]))


def all_of(pieces: Iterable[Sql]) -> Sql:
    """True if all pieces are true or there are no pieces."""
    return compose("({pieces})", pieces=join(" AND ", [*pieces] or [Sql("1")]))


def sum_of(pieces: Iterable[Sql]) -> Sql:
    return compose("({pieces})", pieces=join(" + ", [*pieces] or [Sql("0")]))


def one_of(column: str, values: Iterable[str]) -> Sql:
    values = tuple(values)
    return Sql(f"{column} IN ({', '.join(['%s'] * len(values))})", values)


def contains(text: str, part: str) -> Sql:
    """Whether `text` contains `part`. Uses instr, as LIKE is slower and its wildcards need escaping."""
    return Sql(f"(instr({text}, %s) > 0)", (part,))


def has_word(words: str, phrase: str) -> Sql:
    """Whether the words, each surrounded by spaces, contain the whole `phrase`."""
    return contains(words, f" {phrase} ")
