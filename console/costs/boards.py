"""The pages of costs that are panels alone: overview, models, customers, loads."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from console.costs.anomalies import knowledge, seen
from console.costs.budgets import stand
from console.costs.figures import cell
from console.costs.filters import said
from console.costs.moments import Moment, moment_of
from console.costs.panels import board
from console.pages import Page
from costs.errors import CostError
from costs.query.periods import month_of
from costs.reports.loads import COLUMNS
from costs.reports.loads import loads as all_loads
from costs.reports.shown import column
from costs.reports.warm import kept_anomalies, kept_budgets, kept_panel

OVERVIEW = ("month-to-date", "forecast", "spend-by-day", "models", "customers", "regions", "loads")
MODELS = (
    "models",
    "tokens-by-model",
    "model-direction-cache",
    "cache-savings",
    "batch-share",
    "not-tokens",
    "unmapped",
)
CUSTOMERS = ("customers",)
CUSTOMER = ("spend-by-day", "models", "customers")
LOADS = ("loads", "restatements", "unmapped")


def overview(request: HttpRequest) -> Page:
    """Show what was spent in the days of the address, on what and for whom."""
    moment = moment_of(request)
    context: dict[str, Any] = {
        "freshness": _freshness(moment),
        "forecast": _forecast(moment),
        **_odd(moment),
    }
    context["budgets"] = _budgets(moment)
    return board(request, moment, "costs", OVERVIEW, "console/costs/overview.html", **context)


def _forecast(moment: Moment) -> list[dict[str, Any]]:
    """The forecast of the month by currency, if the page is about the one that is not over."""
    if moment.period.month != month_of(moment.costs.as_of.date()):
        return []
    try:
        shown = kept_panel("forecast", moment.period.window, moment.costs, moment.filters)
    except CostError:
        return []
    return [_ahead(row) for row in shown["rows"]]


def _ahead(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("forecast", "low", "high")
    cells = {name: cell(column(name, name, "money"), row[name]) for name in names}
    error = row["past_error_percent"]
    return {**cells, "currency": row["currency"], "error": error, "tested": row["past_forecasts"]}


def _budgets(moment: Moment) -> list[dict[str, Any]]:
    """How the budgets stand now, those that are used most first."""
    try:
        rows = kept_budgets(moment.costs)["budgets"]
    except CostError:
        return []
    return [stand(row) for row in sorted(rows, key=lambda row: -Decimal(row["percent"] or 0))]


def _odd(moment: Moment) -> dict[str, Any]:
    """The anomalies of the last days that nobody has acknowledged or muted, and whether all are known."""
    try:
        answer = kept_anomalies(moment.costs, filters=moment.filters)
    except CostError as error:
        return {"anomalies": [], "odd": "unknown", "odd_hint": f"{error.message} {error.hint}"}
    open_ones = [each for each in reversed(seen(answer["anomalies"])) if each.state == "open"]
    return {"anomalies": open_ones, "odd": knowledge(answer), "odd_hint": answer["hint"]}


def models(request: HttpRequest) -> Page:
    """Show what models cost, and what their tokens, caches and batches do to it."""
    return board(request, moment_of(request), "costs-models", MODELS, "console/costs/models.html")


def customers(request: HttpRequest) -> Page:
    """Show what customers cost; of the one that the address names, each day and model too."""
    moment = moment_of(request)
    named = moment.filters.get("customer", [])
    panels = CUSTOMER if len(named) == 1 else CUSTOMERS
    context = {"customer": said("customer", named[0]) if len(named) == 1 else ""}
    return board(request, moment, "costs-customers", panels, "console/costs/customers.html", **context)


def loads(request: HttpRequest) -> Page:
    """Show how fresh the costs are, what was restated, and what could not be read."""
    return board(request, moment_of(request), "costs-loads", LOADS, "console/costs/loads.html")


def _freshness(moment: Moment) -> dict[str, Any]:
    """The latest loaded month of each source."""
    columns = [column for column in COLUMNS if column["name"] in ("source", "billing_month", "delivered_at")]
    latest: dict[str, Mapping[str, Any]] = {}
    for row in all_loads(moment.costs):
        latest.setdefault(row["source"], row)
    rows = [[cell(column, row[column["name"]]) for column in columns] for row in latest.values()]
    return {"columns": columns, "rows": rows}
