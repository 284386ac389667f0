"""The pages of budgets: how all of them stand, and one with its history and what it spends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from console.costs import charts
from console.costs.asking import explore
from console.costs.figures import Cell, cell, percent
from console.costs.filters import pairs, said_of
from console.costs.moments import Moment, moment_of
from console.costs.panels import table_of
from console.pages import Page
from costs.query import Question, answer_from
from costs.query.periods import Window
from costs.query.question import MAX_LIMIT
from costs.reports.budgets import BudgetRow
from costs.reports.shown import column
from costs.reports.warm import kept_budgets

_MONEY = ("limit", "spent", "forecast", "low", "high")
_PERCENT = ("percent", "forecast_percent")
COLUMNS = (
    column("name", "Budget", "text"),
    column("start", "From", "day"),
    column("end", "To, excluded", "day"),
    column("currency", "Currency", "text"),
    *(column(name, name.capitalize(), "money") for name in _MONEY),
    column("percent", "Per cent", "percent"),
    column("forecast_percent", "Forecast, per cent", "percent"),
    column("over_since", "Over since", "day"),
    column("state", "State", "text"),
    column("is_complete", "All months loaded", "text"),
)
PAST = (
    column("period", "Period", "day"),
    column("limit", "Limit", "money"),
    column("spent", "Spent", "money"),
    column("percent", "Per cent", "percent"),
)


def budgets(request: HttpRequest) -> Page:
    """Show how all budgets stand."""
    moment = moment_of(request)
    answer = kept_budgets(moment.costs)
    context = {**moment.context("costs-budgets"), "budgets": [stand(row) for row in answer["budgets"]]}
    return Page("console/costs/budgets.html", {**answer}, _table(answer["budgets"]), context)


def budget(request: HttpRequest, name: str) -> Page:
    """Show one budget, with its earlier periods and its spending by day.

    Raises:
        UnknownBudgetError: there is no budget of this name.
    """
    moment = moment_of(request)
    answer = kept_budgets(moment.costs, name)
    shown = [_with_days(row, moment) for row in answer["budgets"]]
    context = {**moment.context("costs-budgets"), "budgets": shown, "name": name, "past_columns": PAST}
    return Page("console/costs/budget.html", {**answer}, _table(answer["budgets"]), context)


def stand(row: BudgetRow) -> dict[str, Any]:
    """A budget as a page shows it: figures, what its bar shows, and its state in words."""
    values: Mapping[str, Any] = row
    figures: dict[str, Cell] = {name: cell(column(name, name, "money"), values[name]) for name in _MONEY}
    figures |= {name: cell(column(name, name, "percent"), values[name]) for name in _PERCENT}
    filters = [(name, said_of(name, value)) for name, value in pairs(row["filters"])]
    bar = min(100, int(Decimal(row["percent"]))) if row["percent"] is not None else None
    return {"row": row, "figures": figures, "filters": filters, "bar": max(bar or 0, 0), "state": _state(row)}


def _state(row: BudgetRow) -> str:
    if row["is_over"]:
        return f"over since {row['over_since']}" if row["over_since"] else "over"
    if row["spent"] is None or row["is_over"] is None:
        return "unknown"
    if row["will_be_over"]:
        return f"will be over, at {percent(row['forecast_percent'] or '0')}"
    return "within"


def _with_days(row: BudgetRow, moment: Moment) -> dict[str, Any]:
    """The budget with its charges by day and model, which a chart shows, and its earlier periods."""
    window = Window(date.fromisoformat(row["period"]["start"]), date.fromisoformat(row["period"]["end"]))
    filters: dict[str, list[str | None]] = {**row["filters"], "currency": [row["currency"]]}
    question = Question((row["measure"],), ("day", "model"), filters, window.start, window.end, "", MAX_LIMIT)
    answer = answer_from(question, moment.costs)
    past = [
        [
            cell(PAST[0], f"{each['period']['start']} to {each['period']['end']}"[:7]),
            cell(PAST[1], each["limit"]),
            cell(PAST[2], each["spent"]),
            cell(PAST[3], each["percent"]),
        ]
        for each in row["history"]
    ]
    return {
        **stand(row),
        "charts": charts.of_answer("budget", question, answer, moment.costs),
        "explore": explore(replace(question, limit=100)),
        "past": past,
    }


def _table(rows: list[BudgetRow]) -> Any:
    words = {True: "yes", False: "no"}
    flat = [
        {**row, **row["period"], "state": _state(row), "is_complete": words[row["is_complete"]]}
        for row in rows
    ]
    return table_of({"columns": COLUMNS, "rows": flat, "currency": None})
