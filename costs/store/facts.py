"""What two stores must say alike of the same loads: nothing lost, nothing counted twice, no other amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlglot import exp

from costs.focus.columns import Kind, columns
from costs.store.base import TABLE
from costs.store.engine import LOAD

Facts = Mapping[str, Any]


def by_name(names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> list[Facts]:
    """The rows of a result of `facts`."""
    return [dict(zip(names, row, strict=True)) for row in rows]


@cache
def facts() -> exp.Select:
    """By load and currency the number of charges, and of each column that of values, and the sum or range."""
    found: list[exp.Expr] = [exp.alias_(exp.Count(this=exp.Star()), "charges", quoted=True)]
    for name, column in columns().items():
        found.append(_named("count", name, exp.Count(this=_value(name))))
        if column.kind in (Kind.MONEY, Kind.QUANTITY):
            found.append(_named("sum", name, exp.func("SUM", _value(name))))
        elif column.kind is Kind.TIME:
            found.append(_named("first", name, exp.Min(this=exp.UnixMicros(this=_value(name)))))
            found.append(_named("last", name, exp.Max(this=exp.UnixMicros(this=_value(name)))))
    keys = (LOAD, "BillingCurrency")
    terms = [exp.Ordered(this=_value(key), desc=False, nulls_first=False) for key in keys]
    select = exp.select(*map(_value, keys), *found).from_(TABLE)
    return select.group_by(*map(_value, keys)).order_by(*terms)


def _named(what: str, name: str, value: exp.Expr) -> exp.Expr:
    return exp.alias_(value, f"{what}_{name}", quoted=True)


def _value(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
