"""The rows of an answer as a table: which columns, and their figures as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.reading.plan import WEEK, Kind, Plan
from console.costs import drill
from console.costs.figures import UNKNOWN, Cell, cell, change, money, quantity
from console.costs.filters import said
from costs.query.dimensions import DIMENSIONS
from costs.query.question import COSTS
from costs.reports.shown import Column, column

Row = Mapping[str, Any]

# What answers of other kinds show of their rows, which JSON has whole. Others show all of it.
_SHOWN: Mapping[Kind, Sequence[str]] = {
    Kind.COUNT: ("of", "count"),
    Kind.FORECAST: ("forecast", "low", "high", "spent", "currency", "through"),
    Kind.ANOMALIES: ("days", "cause", "actual", "expected", "excess", "currency"),
    Kind.BUDGETS: ("name", "spent", "limit", "percent", "left", "forecast", "is_over", "currency"),
    Kind.MODELS: ("model", "cloud", "region", "list_cost", "list_cost_dearest_region", "partial"),
    Kind.LIVE: (
        "model",
        "name",
        "cloud",
        "account",
        "customer",
        "direction",
        "input_tokens",
        "cached_input_tokens",
        "output_tokens",
        "requests",
        "tokens",
        "cost",
        "currency",
        "is_upper_bound",
        "unpriced_tokens",
    ),
    Kind.PRICE: ("name", "region", "usage_type", "price", "currency", "per"),
}
_TITLES = {
    "whole": "Of all",
    "low": "At least",
    "high": "At most",
    "list_cost_dearest_region": "In the dearest region",
    "is_over": "Over",
    "partial": "A part is missing",
    "is_upper_bound": "At most",
    "cost_per_million_tokens": "Per million tokens",
    "percent": "Of the limit",
}
_OF_BASE = ("before", "average", "whole", "change")
_MONEY = frozenset(
    {
        *COSTS,
        "actual",
        "cost",
        "excess",
        "expected",
        "forecast",
        "high",
        "left",
        "limit",
        "list_cost",
        "list_cost_dearest_region",
        "low",
        "spent",
    }
)
_KINDS = {
    "share": "share",
    "percent": "percent",
    "cost_per_million_tokens": "price",
    "requests": "count",
    "count": "count",
}
_DAYS = ("day", "month", "billing_month", WEEK, "through")


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as the template shows it."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Sequence[Cell]]


def table_of(plan: Plan, rows: Sequence[Row], totals: Sequence[Row]) -> Shown:
    """The table of an answer.

    Args:
        plan: what the question was read as.
        rows: those of the answer.
        totals: of all rows, by currency.
    """
    has = dict.fromkeys(name for row in rows for name in row)
    names = [name for name in _SHOWN.get(plan.kind, [*has]) if name in has and name != "change_percent"]
    if plan.kind is not Kind.COSTS:
        names = [name for name in names if any(row.get(name) is not None for row in rows)] or names
    columns = [_column(name, plan) for name in names]
    leads = plan.kind is Kind.COSTS and bool(plan.by) and WEEK not in plan.by
    shown = [_cells(columns, row, drill.into(plan.question(), row) if leads else "") for row in rows]
    has_totals = plan.kind is Kind.COSTS and bool(plan.by) and len(rows) > 1
    return Shown(columns, shown, [_total(columns, total) for total in totals] if has_totals else [])


def _column(name: str, plan: Plan) -> Column:
    title = _TITLES.get(name, name.replace("_", " ").capitalize())
    return column(name, title, _kind(name, plan))  # type: ignore[arg-type]


def _kind(name: str, plan: Plan) -> str:
    if name in _OF_BASE:
        return "change" if name == "change" else _kind(plan.base, plan)
    if name in _DAYS:
        return "day"
    if name in _MONEY:
        return "money"
    if name == "price":
        return "exact"
    is_tokens = name == "tokens" or name.endswith("_tokens")
    return _KINDS.get(name, "tokens" if is_tokens else "text")


def _cells(columns: Sequence[Column], row: Row, href: str = "") -> list[Cell]:
    return [_cell(each, row, columns, href if each is columns[0] else "") for each in columns]


def _cell(shown: Column, row: Row, columns: Sequence[Column], href: str) -> Cell:
    name, kind, value = shown["name"], f"{shown['kind']}", row.get(shown["name"])
    if kind == "change" and value is not None:
        is_money = any(each["kind"] == "money" for each in columns)
        moved = {"absolute": value, "percent": row.get("change_percent")}
        return Cell("change", change(moved, money if is_money else quantity), value, shown["title"])
    if kind == "exact":
        return Cell("price", value or UNKNOWN, value, shown["title"])
    if isinstance(value, bool) or (value is None and name.startswith("is_")):
        words = {True: "yes", False: "no", None: UNKNOWN}[value]
        return Cell("text", words, None if value is None else words, shown["title"])
    if kind == "text" and name not in DIMENSIONS:
        text = _text(value)
        return Cell("text", text or "none", text or None, shown["title"])
    return cell(shown, value, href)


def _text(value: Any) -> str:
    """A name, a list or a cause on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {said(name, each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(f"{each}" for each in value)
    return "" if value is None else f"{value}"


def _total(columns: Sequence[Column], total: Row) -> list[Cell]:
    cells = [
        _cell(each, total, columns, "") if each["name"] in total else Cell("text", "", "", each["title"])
        for each in columns
    ]
    return [Cell("text", "Total", "", ""), *cells[1:]]
