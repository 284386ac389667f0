"""Panels over the metrics that /metrics has for Prometheus: names here, whichever room makes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from grafana_foundation_sdk.builders import dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.models.common import DataSourceRef

from costs.grafana import drawing

SOURCE = DataSourceRef("prometheus", "prometheus")
# Of the 24 columns of a board.
_NARROW, _WIDE, _LOW = 4, 12, 4


class Metric(NamedTuple):
    """A panel: its title, PromQL, Grafana's unit, and what a line is called; a number alone without that."""

    title: str
    query: str
    unit: str
    legend: str = ""


def with_panels(board: dashboard.Dashboard, metrics: Iterable[Metric]) -> dashboard.Dashboard:
    """The board with a panel for each metric."""
    for number, metric in enumerate(metrics, 1):
        board = board.with_panel(_panel(metric, number))
    return board


def _panel(metric: Metric, number: int) -> stat.Panel | timeseries.Panel:
    query = (
        prometheus.Dataquery().expr(metric.query).legend_format(metric.legend).ref_id("A").datasource(SOURCE)
    )
    visual = _lines() if metric.legend else _number()
    return visual.id(number).title(metric.title).unit(metric.unit).datasource(SOURCE).with_target(query)


def _lines() -> timeseries.Panel:
    return timeseries.Panel().span(_WIDE).height(drawing.HEIGHT).line_width(1)


def _number() -> stat.Panel:
    return stat.Panel().span(_NARROW).height(_LOW)
