"""Says which charges sum up to others: one bill by the day and by the hour, or its accounts spelled anew.

Together they would count twice. `repeated` compares rows; this compares what rows add up to, so that neither
the length of their periods, nor how they spell an account, nor which columns they leave empty hides a bill.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

import duckdb
from sqlglot import exp

from catalog.pricing.decimals import plain
from costs.focus.sql import call, fill
from costs.focus.unreadable import FILE

# Dashes, capitals, the path that Azure writes before an id, and the zeros that programs for sheets cut off.
SPELLED = "ltrim(regexp_replace(regexp_extract(lower($account), '[^/]*$'), '[^a-z0-9]', '', 'g'), '0')"
METER = "coalesce(x_Meter, SkuId, ChargeDescription)"
# What is charged for. What one side leaves empty tells nothing.
_ALWAYS = ("x_Cloud", "BillingCurrency", "ChargeCategory", "ChargeClass", "ServiceName", "RegionId")
_SOMETIMES = ("SubAccountId", "ResourceId")
# Days that clocks are changed on have 23 or 25 hours, and some bills end a day at 23:00.
_HOURS = "cast(round(epoch(ChargePeriodEnd - ChargePeriodStart) / 3600) as integer)"
_LONG = 26
_GRAIN = f"case when {_HOURS} between 23 and 25 then 24 else least({_HOURS}, {_LONG}) end"
_DAY = "cast(ChargePeriodStart at time zone 'UTC' as date)"
_PERIOD = "concat(ChargePeriodStart, ' ', ChargePeriodEnd)"
# Bills round the sums of their rows. Doubles will do for a comparison of four digits.
_DIGITS = "printf('%.3e', cast(sum(BilledCost) as double))"
# As of rows: two of three sums of the smaller side are in the larger one too.
_SAME, _OF = 2, 3
_NAMES = {1: "by the hour", 24: "by the day", _LONG: "for several days"}

_Layer = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Alike:
    """Charges of one length that sum up to those of another file, or of another length.

    Args:
        small: the file with fewer sums of the days that both have, and the hours that its charges last.
        large: the other one.
        shared: how many sums of the small one are in the large one too.
        sums: how many it has.
        billed: the money of what is shared, by currency.
    """

    small: _Layer
    large: _Layer
    shared: int
    sums: int
    billed: Mapping[str, Decimal]

    def amounts(self) -> str:
        """The shared money, in words."""
        return " and ".join(f"{plain(amount)} {currency}" for currency, amount in self.billed.items())


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Which sums are compared: those of a bucket of time.

    Args:
        bucket: the time, in SQL.
        day: the day that both sides must have to be compared; null for all of the month.
        are_like: whether charges as long as each other are compared, rather than those that are not.
    """

    bucket: str
    day: str
    are_like: bool


# Parts of an export may share a day, but no period of a charge. A day, and a month, tells across lengths.
_COMPARISONS = (
    _Comparison(_PERIOD, _DAY, are_like=True),
    _Comparison(_DAY, _DAY, are_like=False),
    _Comparison("''", "null", are_like=False),
)


def may_be_alike(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """A sentence if charges of files sum up to others of them.

    Args:
        connection: a session in UTC.
        table: a table with the columns of unified_costs and FILE.
    """
    return [_doubt(alike) for alike in alike_files(connection, table)[:1]]


def alike_files(connection: duckdb.DuckDBPyConnection, table: str, *, within: bool = True) -> Sequence[Alike]:
    """The pairs of files, or of lengths of charges within one, that sum up to the same, the first kind found.

    Args:
        connection: a session in UTC.
        table: a table with the columns of unified_costs and FILE.
        within: whether the charges of one file are compared with each other too.
    """
    filled = _filled(connection, table)
    for comparison in _COMPARISONS:
        if any(_is_compared(*pair, comparison, within=within) for pair in combinations(filled, 2)):
            for left_out in _left_out(filled):
                found = list(_alike(connection, table, comparison, left_out))
                if told := [each for each in found if _is_told(each, filled, left_out, within=within)]:
                    return told
    return []


def _is_compared(one: _Layer, other: _Layer, comparison: _Comparison, *, within: bool) -> bool:
    is_like = one[1] == other[1]
    return is_like == comparison.are_like and (within or one[0] != other[0])


def _filled(connection: duckdb.DuckDBPyConnection, table: str) -> Mapping[_Layer, Collection[str]]:
    """The files by how long their charges last, with those columns that are never empty, or always."""
    counts = [fill("count_if($x is null)", x=_column(name)) for name in _SOMETIMES]
    select = exp.select("file", "grain", *counts).from_(_charges(table)).group_by("file", "grain")
    found = connection.execute(select.order_by("file", "grain").sql("duckdb")).fetchall()
    return {
        (file, grain): {name for name, empty in zip(_SOMETIMES, empties, strict=True) if not empty}
        for file, grain, *empties in found
    }


def _left_out(filled: Mapping[_Layer, Collection[str]]) -> Iterator[Collection[str]]:
    """Which columns to compare without: first none, then each that some leave empty."""
    some = [name for name in _SOMETIMES if any(name not in names for names in filled.values())]
    for number in range(len(some) + 1):
        yield from map(frozenset, combinations(some, number))


def _is_told(
    alike: Alike, filled: Mapping[_Layer, Collection[str]], left_out: Collection[str], *, within: bool
) -> bool:
    both = {*filled[alike.small]} & {*filled[alike.large]}
    return both.isdisjoint(left_out) and (within or alike.small[0] != alike.large[0])


def _alike(
    connection: duckdb.DuckDBPyConnection, table: str, comparison: _Comparison, left_out: Collection[str]
) -> Iterator[Alike]:
    connection.execute(f"create or replace temp table sums_ as {_sums(table, comparison, left_out)}")
    sizes = _sizes(connection)
    shared: dict[tuple[_Layer, _Layer], tuple[int, dict[str, Decimal]]] = {}
    for file, grain, before, before_grain, currency, count, billed in _pairs(connection, comparison):
        pair = (before, before_grain), (file, grain)
        number, money = shared.setdefault(pair, (0, {}))
        shared[pair] = number + count, money | {currency: billed}
    for pair, (number, money) in shared.items():
        days = sizes[pair[0]].keys() & sizes[pair[1]].keys()
        counts = {layer: sum(sizes[layer][day] for day in days) for layer in pair}
        small, large = sorted(pair, key=lambda layer: (counts[layer], sum(sizes[layer].values())))
        if number * _OF >= counts[small] * _SAME:
            yield Alike(small, large, number, counts[small], money)


def _charges(table: str) -> exp.Subquery:
    """What costs something, with its file and how many hours it lasts."""
    select = exp.select("*", exp.alias_(_column(FILE), "file"), exp.alias_(fill(_GRAIN), "grain"))
    return select.from_(exp.table_(table, quoted=True)).where("BilledCost <> 0").subquery("charges")


def _sums(table: str, comparison: _Comparison, left_out: Collection[str]) -> str:
    names = [*_ALWAYS, *(name for name in _SOMETIMES if name not in left_out and name != "SubAccountId")]
    accounts = ["BillingAccountId", *({"SubAccountId"} - {*left_out})]
    keys = [
        *map(_column, names),
        *(fill(SPELLED, account=_column(name)) for name in accounts),
        fill(METER),
        fill(comparison.bucket),
    ]
    key = exp.alias_(call("hash", *keys), "what")
    day = exp.alias_(fill(comparison.day), "day")
    money = "any_value(BillingCurrency) as currency", "sum(BilledCost) as billed"
    select = (
        exp.select("file", "grain", key, day, *money, exp.alias_(fill(_DIGITS), "digits"))
        .from_(_charges(table))
        .group_by("file", "grain", "what", "day")
        .having("sum(BilledCost) <> 0")
    )
    return select.sql("duckdb")


def _sizes(connection: duckdb.DuckDBPyConnection) -> Mapping[_Layer, Mapping[Any, int]]:
    """How many sums each has of each day."""
    sizes: dict[_Layer, dict[Any, int]] = defaultdict(dict)
    counts = "select file, grain, day, count(*) from sums_ group by all"
    for file, grain, day, count in connection.execute(counts).fetchall():
        sizes[file, grain][day] = count
    return sizes


def _pairs(connection: duckdb.DuckDBPyConnection, comparison: _Comparison) -> list[tuple[Any, ...]]:
    """Those that share sums, how many, and their money. Each is compared with the one before it."""
    same = ", grain" if comparison.are_like else ""
    other = "before is not null" if comparison.are_like else "before_grain <> grain"
    window = f"over (partition by what, digits{same} order by grain, file)"
    found = f"select *, lag(file) {window} as before, lag(grain) {window} as before_grain from sums_"  # noqa: S608
    return connection.execute(
        "select file, grain, before, before_grain, currency, count(*), sum(billed) "  # noqa: S608
        f"from ({found}) where {other} group by all order by all"
    ).fetchall()


def _doubt(alike: Alike) -> str:
    (small, hours), (large, others) = alike.small, alike.large
    folder = os.path.commonpath([os.path.dirname(file) for file in (small, large)])  # noqa: PTH120 of text
    one, other = (os.path.relpath(file, folder) for file in (small, large))
    if hours != others:
        one, other = f"{one} {_named(hours)}", f"{other} {_named(others)}"
    return (
        f"{alike.shared:,} of {alike.sums:,} sums of {one}, by account, service and meter, are those of "
        f"{other}, {alike.amounts()}. If they are the same charges, they count twice: keep one of the two."
    )


def _named(hours: int) -> str:
    return _NAMES.get(hours, f"for {hours} hours")


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
