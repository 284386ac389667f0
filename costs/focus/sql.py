"""Pieces of DuckDB's SQL with names in them, put together as expressions: values never become SQL text."""

from __future__ import annotations

from functools import cache

from sqlglot import exp, parse_one


def fill(template: str, **values: exp.Expr | None) -> exp.Expr:
    """A copy of the expression of a template, with `$name` replaced by values."""
    return exp.replace_placeholders(_parsed(template), **values)


def call(function: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.func(function, *arguments, dialect="duckdb", copy=False)


@cache
def _parsed(template: str) -> exp.Expr:
    return parse_one(template, dialect="duckdb")
