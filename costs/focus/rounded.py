"""Says which amounts of a file have more decimals than are kept: `cast` rounds them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
from sqlglot import exp

from catalog.pricing.decimals import EXACT, plain
from costs.focus.cast import File
from costs.focus.columns import Column, Kind, columns
from costs.focus.sql import fill
from costs.focus.unreadable import describe
from costs.wording import counted

_PLACES = {Kind.MONEY: 18, Kind.QUANTITY: 9}
# Integers have no decimals, and neither have other types any that a sum is made of.
_FRACTIONAL = ("VARCHAR", "DOUBLE", "FLOAT", "DECIMAL")
# Several numbers that a value is computed from.
_WRITTEN = "VARCHAR[]"
_HALF = Decimal("0.5")
_MANTISSA = "split_part(lower(trim($x)), 'e', 1)"
_EXPONENT = "coalesce(try_cast(nullif(split_part(lower(trim($x)), 'e', 2), '') as integer), 0)"
_DIGITS = f"replace(ltrim({_MANTISSA}, '+-'), '.', '')"
# Counts the decimals of a number as it is written, without the zeros at its end. Most are too short for many.
_IS_ROUNDED = f"""
case when length($x) > $places + 1 or contains(lower($x), 'e') then
  rtrim({_DIGITS}, '0') <> '' and
  length(split_part({_MANTISSA}, '.', 2)) - length({_DIGITS}) + length(rtrim({_DIGITS}, '0')) - {_EXPONENT}
    > $places
else false end
"""


def rounded(connection: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """A sentence for money and one for quantities, if any were rounded.

    Args:
        connection: a session in UTC.
        relation: what stands after FROM; all its values can be cast. A column that is computed from several
            numbers is a list of them, as they are written.
    """
    tested = list(_tested(File(describe(connection, relation))))
    if not tested:
        return []
    sums = [fill(sql, x=times) for _, times in tested for sql in ("count_if($x > 0)", "sum($x)")]
    select = exp.select(*sums, copy=False).sql("duckdb")
    counts = connection.execute(f"{select} from {relation}").fetchall()[0]
    found = zip((column for column, _ in tested), counts[::2], counts[1::2], strict=True)
    rounded_ = [(column, rows, times) for column, rows, times in found if rows]
    return [
        f"Rounded to {places} decimals: {', '.join(columns)}."
        for kind, places in _PLACES.items()
        if (columns := [_words(*each) for each in rounded_ if each[0].kind is kind])
    ]


def _tested(file: File) -> Iterator[tuple[Column, exp.Expr]]:
    """The columns that may be rounded, and how often a row's value is."""
    for column in columns().values():
        text = file.text(column.name) if column.kind in _PLACES else None
        if text is None:
            continue
        type_, places = file.type_of(column.name), exp.Literal.number(_PLACES[column.kind])
        if type_ == _WRITTEN:
            wrong = fill(_IS_ROUNDED, x=exp.column("each"), places=places)
            numbers = fill("list_filter($x, lambda each : $wrong)", x=file.column(column.name), wrong=wrong)
            yield column, fill("coalesce(len($x), 0)", x=numbers)
        elif type_.startswith(_FRACTIONAL):
            yield column, fill("cast($x as integer)", x=fill(_IS_ROUNDED, x=text, places=places))


def _words(column: Column, rows: int, times: int) -> str:
    most = EXACT.multiply(Decimal(times), _HALF.scaleb(-_PLACES[column.kind]))
    return f"{column.name} on {counted(rows, 'row')} (by at most {plain(most)} in all)"
