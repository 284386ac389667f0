"""Panels as Grafana draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grafana_foundation_sdk.builders import common, dashboard, stat, table, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import (
    DataSourceRef,
    FieldTextAlignment,
    GraphDrawStyle,
    StackingMode,
)
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue
from grafana_foundation_sdk.models.dashboard import Panel as GrafanaPanel

from costs.panels import Drawing, Panel
from costs.query import Question

Visual = stat.Panel | table.Panel | timeseries.Panel

# Of a board's 24 columns, and in its rows of about 30 pixels.
WIDTH, HEIGHT = 12, 9
# What a measure is shown with: its unit, as Grafana names units, and its decimals. Money has no unit, since
# its currency is in the rows.
_FORMS: Mapping[str, Sequence[DynamicConfigValue]] = {
    "tokens": [DynamicConfigValue("unit", "short")],
    "requests": [DynamicConfigValue("unit", "short")],
    "share": [DynamicConfigValue("unit", "percentunit"), DynamicConfigValue("decimals", 1)],
    "cost_per_million_tokens": [DynamicConfigValue("decimals", 4)],
}
_MONEY = [DynamicConfigValue("decimals", 2)]
_BARS = DynamicConfigValue("custom.cellOptions", {"type": "gauge", "mode": "basic"})


def drawn(
    panel: Panel, number: int, source: DataSourceRef, query: Builder[Dataquery]
) -> Builder[GrafanaPanel]:
    """A panel on a board.

    Args:
        panel: what it shows.
        number: which of the board it is.
        source: where its rows come from.
        query: what fetches them.
    """
    visual = _visual(panel).id(number).title(panel.title).description(panel.purpose).no_value(panel.empty)
    visual = visual.datasource(source).with_target(query).span(WIDTH).height(HEIGHT)
    for name in panel.question.measures if panel.question else ():
        visual = visual.override_by_name(name, _form(panel, name))
    return visual


def is_over_time(panel: Panel) -> bool:
    """Whether it is drawn along an axis of time; its query then answers in time series."""
    return panel.drawing is Drawing.STACKED_BARS


def title_of(name: str) -> str:
    """The title of a column."""
    return name.replace("_", " ").capitalize()


def board(title: str, uid: str, description: str) -> dashboard.Dashboard:
    """An empty board, of the last 30 whole days in UTC."""
    made = dashboard.Dashboard(title).uid(uid).description(description).tags(["costs"])
    return made.timezone("utc").time("now-29d/d", "now/d").readonly()


def _visual(panel: Panel) -> Visual:
    if is_over_time(panel):
        stacked = common.StackingConfig().mode(StackingMode.NORMAL)
        bars = timeseries.Panel().draw_style(GraphDrawStyle.BARS).stacking(stacked)
        return bars.fill_opacity(70).line_width(0).display_name("${__field.labels.cloud}")
    if panel.drawing is Drawing.FIGURES and panel.question == Question():
        # A figure for each row.
        return stat.Panel().reduce_options(common.ReduceDataOptions().values(values=True))
    return table.Panel().align(FieldTextAlignment.AUTO).inspect(inspect=False)


def _form(panel: Panel, name: str) -> list[DynamicConfigValue]:
    """How a measure is shown; the first one of bars has a bar in its cells."""
    form = list(_FORMS.get(name, _MONEY))
    if is_over_time(panel):
        return form
    form.append(DynamicConfigValue("displayName", title_of(name)))
    is_first = panel.question is not None and name == panel.question.measures[0]
    return [*form, _BARS] if is_first and panel.drawing is Drawing.BARS else form
