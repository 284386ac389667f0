"""Shows a panel: the one function that pages, the API and tests of boards get its rows from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from catalog.pricing.decimals import EXACT, plain
from costs.panels import Panel, Report
from costs.query import Answer, answer_from
from costs.query.answer import asked, period
from costs.query.dimensions import Value
from costs.query.groups import all_groups
from costs.query.periods import DAY, Window, add_months
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports import cache_savings, forecasts, loads, month_to_date, restatements
from costs.reports.shown import Column, Shown, about, columns

Filters = Mapping[str, Sequence[Value]]
NO_FILTERS: Filters = MappingProxyType({})

ZERO = Decimal(0)

Found = tuple[Sequence[Column], list[dict[str, Any]], list[str]]


def show(panel: Panel, window: Window, costs: Snapshot, filters: Filters = NO_FILTERS) -> Shown:
    """Show a panel.

    Args:
        panel: one of costs.panels.
        window: the days; panels of loads and restatements are of all.
        costs: the costs of a moment, which all panels of a page share.
        filters: which charges, as of a Question; panels of loads and restatements take all.

    Raises:
        InvalidQuestionError: a filter cannot be used.
        TooLargeError: too many rows would have to be compared.
    """
    # A panel without a question of its own rests on all charges, or says what loads are there.
    question = panel.asked(window, filters) if panel.question else Question()
    answer = answer_from(question, costs)
    has_currency = len(answer["totals"]) > 1
    found: Found = (
        columns(question.dimensions, question.measures, has_currency=has_currency),
        answer["rows"],
        _left_out(panel, question, filters, costs, answer),
    )
    if panel.report:
        found = _REPORTS[panel.report](question, window, costs, filters)
    shown_columns, rows, notes = found
    return {
        **about(panel),
        **asked(answer),
        "contract": answer["contract"],
        "loads": answer["loads"],
        "as_of": answer["as_of"],
        "is_estimate": answer["is_estimate"],
        "is_demo": answer["is_demo"],
        "hint": answer["hint"] if panel.question else None,
        "period": period(window) if panel.question and window.start and window.end else None,
        "columns": list(shown_columns),
        "rows": rows,
        "rows_left_out": 0 if panel.report else answer["rows_left_out"],
        "totals": [] if panel.report else answer["totals"],
        "currency": answer["currency"],
        "notes": notes,
    }


def _left_out(
    panel: Panel, question: Question, filters: Filters, costs: Snapshot, answer: Answer
) -> list[str]:
    """A sentence on what a panel with shares is not of: its whole is less than all that was billed."""
    if not panel.question or not panel.question.filters or "share" not in question.measures:
        return []
    whole = all_groups(replace(question, dimensions=(), order_by="", filters=filters), costs).totals
    shown = {row["currency"]: Decimal(row["billed_cost"] or 0) for row in answer["totals"]}
    rest = {
        currency: EXACT.subtract(sums["billed_cost"] or ZERO, shown.get(currency, ZERO))
        for currency, sums in whole.items()
    }
    amounts = [f"{plain(amount)} {currency}" for currency, amount in rest.items() if amount]
    return [f"Shares are of these charges; {' and '.join(amounts)} is of others."] if amounts else []


def _month_to_date(_question: Question, window: Window, costs: Snapshot, filters: Filters) -> Found:
    return month_to_date.COLUMNS, *month_to_date.month_to_date(costs, window, filters)


def _forecast(_question: Question, window: Window, costs: Snapshot, filters: Filters) -> Found:
    """The forecast of the month that ends the window; what it says of the loads is a note."""
    last = window.end - DAY if window.end else costs.as_of.date()
    answer = forecasts.forecast_costs(filters, add_months(last.replace(day=1), 1), costs)
    period = {"from": answer["start"], "until": answer["until"]}
    rows = [{**period, **row} for row in answer["rows"]]
    shown = [{column["name"]: row[column["name"]] for column in forecasts.COLUMNS} for row in rows]
    return forecasts.COLUMNS, shown, [answer["hint"]] if answer["hint"] else []


def _cache_savings(question: Question, _window: Window, costs: Snapshot, _filters: Filters) -> Found:
    return cache_savings.COLUMNS, cache_savings.cache_savings(question, costs), [cache_savings.NOTE]


def _restatements(_question: Question, _window: Window, costs: Snapshot, _filters: Filters) -> Found:
    return restatements.COLUMNS, restatements.restatements(costs), [restatements.NOTE]


def _loads(_question: Question, _window: Window, costs: Snapshot, _filters: Filters) -> Found:
    return loads.COLUMNS, loads.loads(costs), loads.troubles(costs)


_REPORTS: Mapping[Report, Callable[[Question, Window, Snapshot, Filters], Found]] = {
    Report.MONTH_TO_DATE: _month_to_date,
    Report.FORECAST: _forecast,
    Report.CACHE_SAVINGS: _cache_savings,
    Report.RESTATEMENTS: _restatements,
    Report.LOADS: _loads,
}
