"""Pieces of DuckDB's SQL with names in them, put together as expressions: values never become SQL text."""

from __future__ import annotations

from functools import cache

from sqlglot import exp, parse_one

MAX_EXAMPLE = 60


def fill(template: str, **values: exp.Expr | None) -> exp.Expr:
    """The expression of a template, with `$name` replaced by values."""
    return exp.replace_placeholders(_parsed(template).copy(), **values)


def call(function: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.func(function, *arguments, dialect="duckdb")


@cache
def _parsed(template: str) -> exp.Expr:
    return parse_one(template, dialect="duckdb")


def shortened(text: str) -> str:
    """A value from a file, short enough for a message."""
    return text if len(text) <= MAX_EXAMPLE else f"{text[:MAX_EXAMPLE]}…"


def printable(words: str) -> str:
    """A text of a bill on one line, without the control characters that a terminal would obey."""
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in words)
