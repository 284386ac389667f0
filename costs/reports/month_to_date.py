"""What a month has cost so far, beside the same days of the month before and the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.pricing.decimals import plain
from costs.query.coverage import coverage
from costs.query.dimensions import Value
from costs.query.figures import Change, change
from costs.query.groups import all_groups
from costs.query.hints import by_source
from costs.query.periods import DAY, Window, add_months
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports.shown import Column, column

COLUMNS: Sequence[Column] = (
    column("currency", "Currency", "text"),
    column("from", "From", "day"),
    column("through", "Through", "day"),
    column("billed_cost", "Billed cost", "money"),
    column("same_days_before", "Same days of the month before", "money"),
    column("change", "Change", "change"),
    column("month_before", "Whole month before", "money"),
)

Filters = Mapping[str, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class _Spent:
    """What was billed in some days of a month.

    Args:
        amounts: by currency, of the sources that have the month; None if none has.
        lacking: the months that other sources lack, which had begun by then.
    """

    amounts: Mapping[str, Decimal] | None
    lacking: Mapping[str, Sequence[str]]

    def of(self, currency: str) -> Decimal | None:
        return None if self.amounts is None else self.amounts.get(currency, Decimal(0))

    def change(self, before: _Spent, currency: str) -> Change | None:
        """The change from other days; unknown if a source lacks any of them."""
        if self.lacking or before.lacking:
            return None
        return change(self.of(currency), before.of(currency))


def month_to_date(
    costs: Snapshot, window: Window, filters: Filters
) -> tuple[list[dict[str, Any]], list[str]]:
    """A row for each currency, in the month that ends the window, and what the month before lacks.

    Args:
        costs: the costs of a moment.
        window: days, whose last day says which month is meant.
        filters: which charges, as of a Question.

    Returns:
        Rows of COLUMNS, and sentences. Amounts are of what is loaded, and null if no source has the month.
        The same days of the month before end with it, if it is shorter; of a whole month they are the whole
        month before.
    """
    first, through = _last_month_days(costs, window)
    if through is None:
        return [], []
    before = add_months(first, -1)
    same_end = first if through + DAY == add_months(first, 1) else _same_end(before, first, through)
    now = _spent(costs, Window(first, through + DAY), filters)
    same, whole = (_spent(costs, Window(before, end), filters) for end in (same_end, first))
    currencies = sorted({currency for spent in (now, whole) for currency in spent.amounts or {}})
    rows = [
        {
            "currency": currency,
            "from": first.isoformat(),
            "through": through.isoformat(),
            "billed_cost": _plain(now.of(currency)),
            "same_days_before": _plain(same.of(currency)),
            "change": _shown(now.change(same, currency)),
            "month_before": _plain(whole.of(currency)),
        }
        for currency in currencies
    ]
    return rows, _told(whole) if rows else []


def _told(before: _Spent) -> list[str]:
    if before.amounts is None:
        return ["The month before is not loaded."]
    if before.lacking:
        return [f"Of the month before, {by_source(before.lacking)} is not loaded: its amounts lack that."]
    return []


def _last_month_days(costs: Snapshot, window: Window) -> tuple[date, date | None]:
    """The first day of the window's last month, and the last day of it that has any charge."""
    end = window.end or costs.as_of.date() + DAY
    first = (end - DAY).replace(day=1)
    days = [key[0] for key in all_groups(Question(dimensions=("day",)), costs, Window(first, end)).groups]
    return first, max((date.fromisoformat(day) for day in days if day), default=None)


def _same_end(before: date, first: date, through: date) -> date:
    """The day after the same day of the month before, which may be shorter."""
    return min(before.replace(day=1) + (through + DAY - first), first)


def _spent(costs: Snapshot, window: Window, filters: Filters) -> _Spent:
    question = Question(filters=filters, start=window.start, end=window.end)
    loaded = coverage(question, costs)
    lacking = loaded.lacking(window)
    if not loaded.has_any(window):
        return _Spent(None, lacking)
    totals = all_groups(question, costs).totals
    amounts = {currency: sums["billed_cost"] or Decimal(0) for currency, sums in totals.items()}
    return _Spent(amounts, lacking)


def _shown(found: Change | None) -> dict[str, str | None] | None:
    if found is None:
        return None
    return {"absolute": plain(found.absolute), "percent": _plain(found.percent)}


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)
