"""Says which files have the charges of another one: together they would count twice."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Any

import duckdb
from sqlglot import exp

from costs.focus.columns import focus_columns
from costs.focus.sql import call, fill
from costs.focus.unreadable import FILE

# A hash of all that a row says, of a source that only ever adds rows and restates none.
ROW = "x_Row"
# What is charged for, whatever it costs.
_CHARGE = (
    "BillingAccountId",
    "SubAccountId",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ChargeCategory",
    "ChargeClass",
    "ServiceName",
    "RegionId",
    "ResourceId",
    "SkuId",
    "SkuPriceId",
    "x_Meter",
)
_AMOUNTS = ("BilledCost", "EffectiveCost", "ConsumedQuantity", "PricingQuantity")
# A restatement changes amounts, or tags. Two customers of a resource differ in both.
_WHOLE = tuple(focus_columns())
_RESTATED = ((*_CHARGE, "Tags"), (*_CHARGE, *_AMOUNTS))
# Two files are the same if two of three charges of the smaller one are in the other too, of the days that
# both have. Fewer may be, such as those of meters that are billed in several rows.
_SAME, _OF = 2, 3
# Two parts of a day have as many charges as a day, and two files of it twice as many.
_PARTED = 1.5
# Of a key, both must have as many rows: an export that is cut into parts anywhere spreads the rows of a key.
_BEFORE = "lag(file) over (partition by key, charges order by file)"
_DAY = "cast(ChargePeriodStart at time zone 'UTC' as date)"

# How many charges each file has of each day.
_Sizes = Mapping[str, Mapping[date, int]]


@dataclass(frozen=True, slots=True)
class Same:
    """Two files that have the same charges.

    Args:
        small: the one with fewer charges of the days that both have.
        large: the other one.
        shared: how many charges of the small one are in the large one too.
        charges: how many it has on these days.
        is_whole: whether it has no other days.
    """

    small: str
    large: str
    shared: int
    charges: int
    is_whole: bool


def repeated(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """A sentence if files have the same charges, or one restates the other.

    Args:
        connection: a session in UTC.
        table: a table with the columns of unified_costs and FILE, and ROW where a source never restates rows.
    """
    found = same_files(connection, table)
    return [_sentence(found[0], len(found) - 1)] if found else []


def may_be_restated(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """A sentence if files have charges for the same things, with other tags and other amounts.

    Or on a single day, which neither seems to have a part of, with other tags or other amounts.
    """
    if ROW in _names(connection, table):
        return []
    if found := _first(connection, table, [_CHARGE]):
        return [_doubt(found[0], "with other tags and amounts")]
    found = _first(connection, table, [*_RESTATED, _CHARGE], tells_a_day=True)
    return [_doubt(same, "with other tags or amounts") for same in found[:1]]


def same_files(connection: duckdb.DuckDBPyConnection, table: str) -> list[Same]:
    """The pairs of files that have the same charges, or of which one restates the other."""
    keys = [(ROW,)] if ROW in _names(connection, table) else [_WHOLE, *_RESTATED]
    return _first(connection, table, keys)


def _first(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    keys: Sequence[Sequence[str]],
    *,
    tells_a_day: bool = False,
) -> list[Same]:
    """The pairs by the first key that finds some."""
    sizes = _sizes(connection, table)
    pairs = (_same(connection, table, key, sizes, tells_a_day=tells_a_day) for key in keys)
    return next(filter(None, pairs), [])


def _same(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: Sequence[str],
    sizes: _Sizes,
    *,
    tells_a_day: bool,
) -> list[Same]:
    found = []
    for *pair, shared in _pairs(connection, table, key):
        days = set.intersection(*({*sizes[file]} for file in pair))
        counts = {file: sum(sizes[file][day] for day in days) for file in pair}
        small, large = sorted(pair, key=lambda file: (counts[file], sum(sizes[file].values())))
        is_whole = sizes[small].keys() == days
        # Of two parts in order of time, one may end on the day on which the other begins, with few charges.
        is_told = len(days) > 1 or is_whole or key in ((ROW,), _WHOLE)
        is_told = is_told or (tells_a_day and _have_a_day([sizes[file] for file in pair], days))
        if is_told and shared * _OF >= counts[small] * _SAME:
            found.append(Same(small, large, shared, counts[small], is_whole))
    return found


def _have_a_day(sizes: Sequence[Mapping[date, int]], days: Collection[date]) -> bool:
    """Whether both files have as much of a day as of others: two parts of it are one day together."""
    usual = [median(count for day, count in each.items() if day not in days) for each in sizes]
    return sum(each[day] for each in sizes for day in days) > _PARTED * max(usual)


def _names(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {name for name, *_ in connection.execute(f"describe {_name(table).sql('duckdb')}").fetchall()}


def _sizes(connection: duckdb.DuckDBPyConnection, table: str) -> _Sizes:
    select = exp.select(_column(FILE), fill(_DAY), "count(*)").from_(_name(table)).group_by("1", "2")
    sizes: dict[str, dict[date, int]] = defaultdict(dict)
    for file, day, count in connection.execute(select.sql("duckdb")).fetchall():
        sizes[file][day] = count
    return sizes


def _pairs(connection: duckdb.DuckDBPyConnection, table: str, key: Sequence[str]) -> list[tuple[Any, ...]]:
    """The files that share charges by a key, and how many. Each is compared with the one before it."""
    hashed = exp.alias_(call("hash", *map(_column, key)), "key")
    counted = exp.select(exp.alias_(_column(FILE), "file"), hashed, "count(*) as charges")
    paired = exp.select("file", "charges", exp.alias_(fill(_BEFORE), "before")).from_("counted")
    select = (
        exp.select("before", "file", "cast(sum(charges) as bigint)")
        .from_("paired")
        .where("before is not null")
        .group_by("1", "2")
        .order_by("1", "2")
        .with_("counted", as_=counted.from_(_name(table)).group_by("1", "2"))
        .with_("paired", as_=paired)
    )
    return connection.execute(select.sql("duckdb")).fetchall()


def _sentence(same: Same, more: int) -> str:
    others = f" {more:,} more pairs of files share charges." if more else ""
    return (
        f"{_told(same)}, so they would count twice. Move the older file out of the folder, or export both "
        f"again without the charges of the other.{others}"
    )


def _doubt(same: Same, how: str) -> str:
    return f"{_told(same)}, {how}. If one file restates the other, they count twice."


def _told(same: Same) -> str:
    files = (same.small, same.large)
    folder = os.path.commonpath([os.path.dirname(file) for file in files])  # noqa: PTH120 of text
    small, large = (os.path.relpath(file, folder) for file in files)
    days = "" if same.is_whole else " of the days that both have"
    return f"{same.shared:,} of {same.charges:,} charges of {small}{days} are in {large} too"


def _name(table: str) -> exp.Table:
    return exp.table_(table, quoted=True)


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
