"""Says which files of a month have the charges of another one: together they would count twice."""

from __future__ import annotations

import os

import duckdb
from sqlglot import exp

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
_KEYS = ((*_CHARGE, "Tags"), (*_CHARGE, *_AMOUNTS))
# Two files are the same if two of three charges of the smaller one are in the other too. Some may be, such as
# those of meters that are billed in several rows.
_SAME, _OF = 2, 3
# Of a key, both must have as many rows: an export that is cut into parts anywhere spreads the rows of a key.
_BEFORE = "lag(file) over (partition by key, charges order by file)"

# Two files, and how many charges they share.
_Pair = tuple[str, str, int]


def repeated(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """A sentence if files have the same charges, or one restates the other.

    Args:
        connection: a session in UTC.
        table: a table with the columns of unified_costs and FILE, and ROW where a source never restates rows.
    """
    names = {name for name, *_ in connection.execute(f"describe {_name(table).sql('duckdb')}").fetchall()}
    sizes = _sizes(connection, table)
    for key in [(ROW,)] if ROW in names else _KEYS:
        pairs = [pair for pair in _pairs(connection, table, key) if _is_same(pair, sizes)]
        if pairs:
            return [_sentence(pairs[0], sizes, len(pairs) - 1)]
    return []


def _sizes(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    select = exp.select(_column(FILE), "count(*)").from_(_name(table)).group_by("1")
    return dict(connection.execute(select.sql("duckdb")).fetchall())


def _pairs(connection: duckdb.DuckDBPyConnection, table: str, key: tuple[str, ...]) -> list[_Pair]:
    """The files that share charges by a key. Each is compared with the one before it that has the charge."""
    hashed = exp.alias_(call("hash", *map(_column, key)), "key")
    counted = exp.select(exp.alias_(_column(FILE), "file"), hashed, "count(*) as charges")
    paired = exp.select("file", "charges", exp.alias_(fill(_BEFORE), "before")).from_("counted")
    select = (
        exp.select("before", "file", "sum(charges)")
        .from_("paired")
        .where("before is not null")
        .group_by("1", "2")
        .order_by("1", "2")
        .with_("counted", as_=counted.from_(_name(table)).group_by("1", "2"))
        .with_("paired", as_=paired)
    )
    return connection.execute(select.sql("duckdb")).fetchall()


def _is_same(pair: _Pair, sizes: dict[str, int]) -> bool:
    before, file, shared = pair
    return shared * _OF >= min(sizes[before], sizes[file]) * _SAME


def _sentence(pair: _Pair, sizes: dict[str, int], more: int) -> str:
    *files, shared = pair
    small, large = sorted(files, key=lambda file: sizes[file])
    folder = os.path.commonpath([os.path.dirname(file) for file in files])  # noqa: PTH120 of text
    names = [os.path.relpath(file, folder) for file in (small, large)]
    others = f" {more:,} more pairs of files share charges." if more else ""
    return (
        f"{shared:,} of {sizes[small]:,} charges of {names[0]} are in {names[1]} too, so they would "
        "count twice. Move the older file out of the folder, or export both again without the charges "
        f"of the other.{others}"
    )


def _name(table: str) -> exp.Table:
    return exp.table_(table, quoted=True)


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)
