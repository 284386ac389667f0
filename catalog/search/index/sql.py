"""Composable pieces of SQL with their parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from django.db import connection

Param = str | int | None

# The least number of parameters of a list that is filled up.
FEWEST = 4


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
    for literal, name in _parsed(template):
        text.append(literal)
        if name:
            text.append(parts[name].text)
            params.extend(parts[name].params)
    return Sql("".join(text), tuple(params))


@lru_cache(maxsize=256)
def _parsed(template: str) -> list[tuple[str, str | None]]:
    """The literal texts of a template, each with the name after it."""
    return [(literal, name) for literal, name, _, _ in Formatter().parse(template)]


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
    """Whether the column has one of the values: NULL, which counts as false, if not."""
    params = filled_up(values)
    return Sql(f"{column} IN ({', '.join(['%s'] * len(params))})", params)


def contains(text: str, part: str) -> Sql:
    """Whether `text` contains `part`. Uses instr, as LIKE is slower and its wildcards need escaping."""
    return Sql(f"(instr({text}, %s) > 0)", (part,))


def has_any(words: str, phrases: Iterable[str]) -> Sql:
    """Whether the words, each surrounded by spaces, contain one of the whole `phrases`."""
    return any_is(f"instr({words}, %s) > 0", (f" {phrase} " for phrase in phrases))


def count_having(words: str, groups: Iterable[Sequence[str]]) -> Sql:
    """The number of groups of phrases of which the words contain a phrase."""
    groups = list(groups)
    several = [has_any(words, group) for group in groups if len(group) > 1]
    single = [f" {group[0]} " for group in groups if len(group) == 1]
    return sum_of([sum_over(f"coalesce(instr({words}, %s) > 0, 0)", single), *several])


def any_is(test: str, values: Iterable[str]) -> Sql:
    """Whether `test` is true of one of the values."""
    params = filled_up(values)
    return Sql(f"(({' OR '.join([test] * len(params))}) IS TRUE)", params)


def sum_over(number: str, values: Iterable[str]) -> Sql:
    """The sum of `number` of each value; it has to be 0 for NULL."""
    params = filled_up(values)
    return Sql(f"({' + '.join([number] * len(params))})", params)


def filled_up(values: Iterable[str]) -> tuple[str | None, ...]:
    """`values` and so many NULLs that few texts do for all questions.

    A driver keeps the statements that it prepared last, by their text; a few NULLs are faster than preparing.
    """
    params = tuple(values)
    size = max(1 << max(len(params) - 1, 0).bit_length(), FEWEST)
    return params + (None,) * (size - len(params))
