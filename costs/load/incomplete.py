"""Says whether files have a part of a month, which would count as the whole.

A manifest tells what a month has. Files without one tell nothing: what they have is compared with the days of
the month, and with what is loaded of it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

import duckdb
from sqlglot import exp

from costs.focus.sql import fill
from costs.load.report import amounts
from costs.models import CostLoad
from costs.providers.source import Delivery
from costs.store.base import UsageDays
from costs.store.files import Written, has_gaps_and_sums
from costs.wording import counted, quoted

# Clouds add late charges of a month in its first days after.
_LATE = timedelta(days=5)
# Of a month, less is not all of it: restatements change some of its charges.
_LEAST = Decimal("0.5")
_DAY = "cast(ChargePeriodStart at time zone 'UTC' as date)"
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
    year, month = map(int, delivery.period.split("-"))
    starts, ends = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    is_over = (today or datetime.now(UTC).date()) > ends + _LATE
    if first is not None and first <= starts and (last >= ends or not is_over):
        return []
    has = "no usage" if first is None else f"usage of {first} to {last} only"
    says = (
        f"Files that have other months too have {has} of {delivery.period}: if the rest was cut off, the sum"
    )
    return [f"{says} is too small. Export the month whole, into a file of its own."]


def lacks(new: Written, old: CostLoad | None) -> list[str]:
    """A sentence if files lack days, accounts or most of what is loaded of their month.

    Args:
        new: what the files have.
        old: the load that they would replace; None if there is none.
    """
    if old is None or old.usage_days is None or not has_gaps_and_sums(old.usage_days):
        return []
    lacking = chain(_days(new, old.usage_days), _accounts(new, old.usage_days), _most(new, old))
    found = next(lacking, "")
    if not found:
        return []
    month = f"--source {old.source_id} --period {old.billing_period}"
    here, loaded = f"{counted(new.rows, 'row')}, {amounts(new.billed)}", amounts(old.billed_by_currency)
    says = (
        f"The files have {found} ({here} instead of {counted(old.rows, 'row')}, {loaded}), so they seem to "
        f"be a part of the month, which would replace the whole. Export all of it; or, if it is right, run "
        f"load_costs {month} --withdraw and then load_costs {month}."
    )
    return [says]


def _days(new: Written, old: UsageDays) -> Iterator[str]:
    had, have = _used(old), _used(new.usage_days)
    if gone := sorted(had - have):
        such_as = f"{gone[0]} to {gone[-1]}" if len(gone) > 1 else f"{gone[0]}"
        yield f"no usage on {len(gone)} of {counted(len(had), 'day')} that are loaded with usage, {such_as}"


def _accounts(new: Written, old: UsageDays) -> Iterator[str]:
    had, have = _charged(old), _charged(new.usage_days)
    if gone := sorted(had - have):
        yield (
            f"no charges of {len(gone)} of {counted(len(had), 'account')} that are loaded, such as "
            f"{quoted(gone[0][-1] or gone[0][1])}"
        )


def _most(new: Written, old: CostLoad) -> Iterator[str]:
    """Fewer rows alone are none: by the day, a bill has the same money in fewer than by the hour."""
    before = old.billed_by_currency
    is_less = (abs(new.billed.get(each, Decimal(0))) < _LEAST * abs(money) for each, money in before.items())
    if any(before.values()) and all(is_less) and new.rows < _LEAST * old.rows:
        yield "less than half of the rows and of the money that are loaded"


def _spans(days: UsageDays) -> Iterator[tuple[tuple[str, str, str], Sequence[Any]]]:
    for cloud, billing in days.items():
        for payer, accounts in billing.items():
            for account, span in accounts.items():
                yield (cloud, payer, account), span


def _used(days: UsageDays) -> AbstractSet[date]:
    """The days on which any account has usage."""
    return {day for _, (first, last, gaps, _) in _spans(days) if first for day in _of_span(first, last, gaps)}


def _of_span(first: str, last: str, gaps: Sequence[Sequence[str]]) -> AbstractSet[date]:
    return _between(first, last) - {day for gap in gaps for day in _between(*gap)}


def _between(first: str, last: str) -> set[date]:
    start = date.fromisoformat(first)
    return {start + timedelta(days=number) for number in range((date.fromisoformat(last) - start).days + 1)}


def _charged(days: UsageDays) -> AbstractSet[tuple[str, str, str]]:
    """The accounts with money."""
    return {account for account, (*_, billed) in _spans(days) if any(map(Decimal, billed.values()))}
