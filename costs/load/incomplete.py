"""Says whether files have a part of a month, which would count as the whole.

A manifest tells what a month has. Files without one tell nothing: what they have is compared with the days of
the month here, and in `lost` with what is loaded of it.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import duckdb
from sqlglot import exp

from costs.focus.sql import fill
from costs.providers.source import Delivery
from costs.wording import counted

# Clouds add late charges of a month in its first days after.
_LATE = timedelta(days=5)
_ONE = timedelta(days=1)
# Of fewer days with usage, nothing tells how often there is some.
_ENOUGH = 5
_DAY = "cast(ChargePeriodStart at time zone 'UTC' as date)"
LAST_DAY = """
cast((greatest(ChargePeriodEnd, ChargePeriodStart + interval 1 second) - interval 1 second)
     at time zone 'UTC' as date)
"""
_USED = "filter (where ChargeCategory = 'Usage')"


def may_be_cut(
    connection: duckdb.DuckDBPyConnection, table: str, delivery: Delivery, *, today: date | None = None
) -> list[str]:
    """A sentence if a month that shares files with others lacks usage of its first or its last days.

    So it is if files are cut by the time of charges, such as the last 30 days, or if a file of one month has
    a late charge of another.

    Args:
        connection: a session in UTC.
        table: a table with the columns of unified_costs.
        delivery: what it is of.
        today: the day in UTC; None for that of the clock.
    """
    if not delivery.shares_files:
        return []
    ends_of_usage = (fill(f"{end}({_DAY}) {_USED}") for end in ("min", "max"))
    select = exp.select(*ends_of_usage).from_(exp.table_(table, quoted=True))
    [(first, last)] = connection.execute(select.sql("duckdb")).fetchall()
    starts, ends = _ends(delivery.period)
    is_over = (today or datetime.now(UTC).date()) > ends + _LATE
    if first is not None and first <= starts and (last >= ends or not is_over):
        return []
    has = "no usage" if first is None else f"usage of {first} to {last} only"
    says = (
        f"Files that have other months too have {has} of {delivery.period}: if the rest was cut off, the sum"
    )
    return [f"{says} is too small. Export the month whole, into a file of its own."]


def may_lack_days(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    delivery: Delivery,
    *,
    follows: bool,
    today: date | None = None,
) -> list[str]:
    """A sentence if a month that is over has usage day by day, but for a run of days without any.

    Args:
        connection: a session in UTC.
        table: a table with the columns of unified_costs.
        delivery: what it is of.
        follows: whether an earlier month of the source is loaded, so that this one has no first day of use.
        today: the day in UTC; None for that of the clock.
    """
    if delivery.is_exclusive or delivery.shares_files:
        return []
    starts, ends = _ends(delivery.period)
    today = today or datetime.now(UTC).date()
    days = _days_of_usage(connection, table, starts, min(ends, today - _LATE))
    if today <= ends or len(days) < _ENOUGH:
        return []
    until = min(ends, today - _LATE) + _ONE
    runs = [(a + _ONE, b - _ONE) for a, b in pairwise([starts - _ONE, *days, until])]
    *others, (first, last) = sorted(runs if follows else runs[1:], key=_length)
    # Who works on weekdays has gaps, of which none is much longer than the others.
    if _length((first, last)) < 2 + 2 * max(map(_length, others), default=0):
        return []
    says = (
        f"There is no usage of {first} to {last}, but of {counted(len(days), 'other day')} of "
        f"{delivery.period}: if files are missing, the sum is too small."
    )
    return [says]


def _days_of_usage(connection: duckdb.DuckDBPyConnection, table: str, starts: date, ends: date) -> list[date]:
    """A charge of several days has usage on each."""
    select = exp.select(fill(_DAY), fill(LAST_DAY)).distinct().from_(exp.table_(table, quoted=True))
    spans = connection.execute(select.where("ChargeCategory = 'Usage'").sql("duckdb")).fetchall()
    days = {a + timedelta(days=n) for a, b in spans for n in range((b - a).days + 1)}
    return sorted(day for day in days if starts <= day <= ends)


def _length(run: tuple[date, date]) -> int:
    return (run[1] - run[0]).days + 1


def _ends(period: str) -> tuple[date, date]:
    year, month = map(int, period.split("-"))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
