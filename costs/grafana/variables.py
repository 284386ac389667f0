"""Variables of boards: what their viewers choose."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import VariableOption, VariableRefresh

from costs.query.board import ALL
from costs.query.dimensions import DIMENSIONS


def cloud() -> dashboard.CustomVariable:
    clouds = ",".join(DIMENSIONS["cloud"].values)
    variable = dashboard.CustomVariable("cloud").label("Cloud").values(clouds)
    return variable.include_all(include_all=True).all_value(ALL).current(_everything())


def listed(name: str, source: DataSourceRef, query: dict[str, Any]) -> dashboard.QueryVariable:
    """A variable whose values a query lists, the first of which is chosen."""
    variable = dashboard.QueryVariable(name).label(name.capitalize()).datasource(source).query(query)
    return variable.refresh(VariableRefresh.ON_DASHBOARD_LOAD)


def listed_or_all(name: str, source: DataSourceRef, query: dict[str, Any]) -> dashboard.QueryVariable:
    """A variable whose values a query lists, all of which are chosen."""
    variable = listed(name, source, query).include_all(include_all=True).all_value(ALL)
    return variable.current(_everything())


def text(name: str, description: str) -> dashboard.TextBoxVariable:
    """A variable that somebody types."""
    return dashboard.TextBoxVariable(name).label(name.capitalize()).description(description)


def _everything() -> VariableOption:
    return VariableOption(selected=True, text="All", value="$__all")
