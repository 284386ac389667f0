"""Says whether the usage of a month is of another time, as if its rows were labelled with a wrong month."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
from sqlglot import exp

from costs.focus.checks import AHEAD
from costs.focus.sql import fill
from costs.wording import counted

_USAGE = "ChargeCategory = 'Usage' and ChargeClass is distinct from 'Correction'"
_BEFORE = f"ChargePeriodStart < cast($month as timestamptz) - interval {AHEAD.total_seconds():.0f} second"
_AFTER_NOW = "ChargePeriodStart > cast($latest as timestamptz)"
_DAY = "cast(ChargePeriodStart at time zone 'UTC' as date)"


def untimely(
    connection: duckdb.DuckDBPyConnection, table: str, period: str, *, now: datetime | None = None
) -> list[str]:
    """Sentences if most of the usage is of before its month, or any is of the future.

    Late usage and corrections are billed months later, but seldom are they most of a bill.

    Args:
        connection: a session in UTC.
        table: a table with the columns of unified_costs.
        period: the billing month, as 2026-10.
        now: None for the clock.
    """
    now = now or datetime.now(UTC)
    before = fill(_BEFORE, month=exp.Literal.string(f"{period}-01T00:00:00Z"))
    ahead = fill(_AFTER_NOW, latest=exp.Literal.string((now + AHEAD).isoformat()))
    return [
        *_mostly_before(connection, table, period, before),
        *_of_the_future(connection, table, ahead, now),
    ]


def _mostly_before(
    connection: duckdb.DuckDBPyConnection, table: str, period: str, before: exp.Expr
) -> list[str]:
    money = "sum(abs(BilledCost))"
    of_before = (money, f"min({_DAY})", f"max({_DAY})")
    select = (
        exp.select("coalesce(BillingCurrency, '')", money)
        .select(*(fill(f"{each} filter (where $x)", x=before) for each in of_before))
        .from_(exp.table_(table, quoted=True))
        .where(_USAGE)
        .group_by("1")
        .order_by("1")
    )
    found = connection.execute(select.sql("duckdb")).fetchall()
    return [_told(period, *row) for row in found if row[2] and row[2] * 2 > row[1]]


def _told(period: str, currency: str, all_: Decimal, part: Decimal, *days: date) -> str:
    share = "All" if part == all_ else f"{int(part * 100 / all_)} %"
    return (
        f"{share} of the usage in {currency} is of {days[0]} to {days[1]}, before {period}, in which it is "
        "billed. If the billing month of the file is wrong, export it again."
    )


def _of_the_future(
    connection: duckdb.DuckDBPyConnection, table: str, ahead: exp.Expr, now: datetime
) -> list[str]:
    select = exp.select("count(*)", f"min({_DAY})", f"max({_DAY})").from_(exp.table_(table, quoted=True))
    select = select.where(_USAGE).where(ahead).where("BilledCost <> 0")
    [(count, first, last)] = connection.execute(select.sql("duckdb")).fetchall()
    if not count:
        return []
    says = (
        f"{counted(count, 'charge')} of usage are of {first} to {last}, which is in the future by the clock "
        f"of this machine, {now:%Y-%m-%d %H:%M} UTC."
    )
    return [says]
