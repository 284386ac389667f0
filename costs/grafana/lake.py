"""The board on this server: all panels, as /api/panels/ answers them to Grafana's data source Infinity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.runtime import UnknownDataquery
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

from costs.grafana import drawing, variables
from costs.panels import PANELS, Panel, Report
from costs.reports import cache_savings, forecasts, loads, month_to_date, restatements
from costs.reports.shown import Column, Kind, columns

UID = "costs-lake"
SOURCE = DataSourceRef("yesoreyeram-infinity-datasource", UID)
DESCRIPTION = (
    "What AI and clouds have cost, from this server. One currency at a time. Days are in UTC, and count "
    "whole. `manage.py export_grafana` makes this board; docs/grafana.md says how."
)
# The arguments of a panel in its address; Infinity fills in the time, Grafana the variables.
_ARGUMENTS = {
    "start": "${__timeFrom:date:iso}",
    "end": "${__timeTo:date:iso}",
    "cloud": "${cloud}",
    "customer": "${customer}",
    "currency": "${currency}",
}


_REPORTS: Mapping[Report, Sequence[Column]] = {
    Report.FORECAST: forecasts.COLUMNS,
    Report.MONTH_TO_DATE: month_to_date.COLUMNS,
    Report.CACHE_SAVINGS: cache_savings.COLUMNS,
    Report.RESTATEMENTS: restatements.COLUMNS,
    Report.LOADS: loads.COLUMNS,
}


class Query(Builder[Dataquery]):
    """A query of Infinity's, which the types of boards do not know: it stays as it is."""

    def __init__(self, query: Mapping[str, Any]) -> None:
        self._query = dict(query)

    def build(self) -> Dataquery:
        return UnknownDataquery(self._query)


def board() -> dashboard.Dashboard:
    made = drawing.board("Costs (lake)", UID, DESCRIPTION)
    for variable in _variables():
        made = made.with_variable(variable)
    for number, panel in enumerate(PANELS.values(), 1):
        made = made.with_panel(drawing.drawn(panel, number, SOURCE, Query(_query(panel))))
    return made


def _query(panel: Panel) -> dict[str, Any]:
    form = "timeseries" if drawing.is_over_time(panel) else "table"
    return _rows(f"/api/panels/{panel.name}", _ARGUMENTS, list(_columns(panel)), form)


def _rows(url: str, arguments: Mapping[str, str], named: list[dict[str, str]], form: str) -> dict[str, Any]:
    """The query of the rows of an answer; all of their columns, as they are, if none are named."""
    parameters = [{"key": key, "value": value} for key, value in arguments.items()]
    return {
        "refId": "A",
        "datasource": SOURCE.to_json(),
        "type": "json",
        "source": "url",
        "parser": "backend",
        "format": form,
        "url": url,
        "url_options": {"method": "GET", "params": parameters},
        "root_selector": "rows",
        "columns": named,
    }


def _columns(panel: Panel) -> Iterator[dict[str, str]]:
    """The columns of a panel's rows; none if only its answer tells them."""
    asked = panel.question
    shown = _REPORTS.get(panel.report, ()) if panel.report else ()
    if asked and not panel.report:
        shown = columns(asked.dimensions, asked.measures, has_currency=False)
    for each in shown:
        # A change has two numbers.
        parts = ("absolute", "percent") if each["kind"] == "change" else ("",)
        for part in parts:
            name = ".".join(filter(None, [each["name"], part]))
            yield {"selector": name, "text": name, "type": _type(panel, each["kind"])}


def _type(panel: Panel, kind: Kind) -> str:
    """What Infinity reads a value as. Figures are texts in JSON, which keep all their digits."""
    if kind == "day":
        return "timestamp" if drawing.is_over_time(panel) else "string"
    return "string" if kind == "text" else "number"


def _variables() -> list[dashboard.CustomVariable | dashboard.QueryVariable]:
    return [
        variables.listed("currency", SOURCE, _listing("currency")),
        variables.cloud(),
        variables.listed_or_all("customer", SOURCE, _listing("customer")),
    ]


def _listing(name: str) -> dict[str, Any]:
    """The query of the values of a dimension."""
    column = {"selector": name, "text": name, "type": "string"}
    arguments = {"dimensions": name, "limit": "1000"}
    infinity = _rows("/api/query", arguments, [column], "table")
    return {"refId": "variable", "queryType": "infinity", "query": "", "infinityQuery": infinity}
