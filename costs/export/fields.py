"""Which columns an export has, and what of unified_costs each is from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from costs.focus.columns import OWN, Column, Kind, columns, focus_columns
from costs.focus.sql import fill

# FOCUS 1.3 renamed the seller, and dropped the publisher, which unified_costs keeps as a column of ours.
_RENAMED = {"ProviderName": "ServiceProviderName", "PublisherName": "x_PublisherName"}
# FOCUS wants UTC with a Z. Fractions of a second, which bills do not have, are kept if there are any.
_TIME = "replace(strftime($x at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ'), '.000000Z', 'Z')"
# All digits of a decimal, without the zeros at its end: its text always has a point.
_NUMBER = "rtrim(rtrim(cast($x as varchar), '0'), '.')"
_IN_CSV = {Kind.MONEY: _NUMBER, Kind.QUANTITY: _NUMBER, Kind.TIME: _TIME}


class Form(StrEnum):
    """What a file is, by the end of its name."""

    PARQUET = ".parquet"
    CSV = ".csv"
    CSV_GZ = ".csv.gz"


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an export.

    Args:
        column: as the file has it.
        source: the column of unified_costs that it is from.
    """

    column: Column
    source: str

    def value(self, form: Form) -> exp.Expr:
        """Its value in a row of unified_costs, as the file has it."""
        stored: exp.Expr = exp.column(self.source, quoted=True)
        if self.column.kind is Kind.JSON:
            stored = fill("cast($x as varchar)", x=stored)
        elif form is not Form.PARQUET and (text := _IN_CSV.get(self.column.kind)):
            stored = fill(text, x=stored)
        return exp.alias_(stored, self.column.name, quoted=True)


def offered(version: str, *, own: bool) -> list[Field]:
    """The columns that a file may have, in order.

    Args:
        version: of FOCUS.
        own: whether our columns follow, whose names begin with x_.
    """
    focus = [Field(column, _RENAMED.get(name, name)) for name, column in focus_columns(version).items()]
    return [*focus, *(Field(column, column.name) for column in OWN if own)]


def chosen(fields: Collection[Field], filled: Collection[str]) -> list[Field]:
    """Of these, those with a value in some row, and those that FOCUS wants or may have without one.

    FOCUS wants a conditional column only of those who have what it is about, and then often in each row.

    Args:
        fields: what the file may have.
        filled: the columns of unified_costs with a value in some row.
    """
    return [field for field in fields if field.source in filled or _is_wanted(field.column)]


def without_place(fields: Collection[Field], filled: Collection[str]) -> Iterator[str]:
    """The columns of unified_costs with values that none of these fields is from."""
    used = {field.source for field in fields}
    return (name for name in columns() if name in filled and name not in used)


def _is_wanted(column: Column) -> bool:
    return column.is_mandatory or (column.is_recommended and column.is_nullable)
