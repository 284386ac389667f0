"""Asks ahead what the pages of costs are asked first, so that nobody waits for charges to be read."""

from __future__ import annotations

import logging

from costs.errors import CostError
from costs.panels import PANELS, Report
from costs.query.periods import Window, add_months
from costs.query.snapshot import Snapshot, take
from costs.reports.find_anomalies import AnomalyAnswer, find_anomalies
from costs.reports.forecasts import ForecastAnswer, forecast_costs
from costs.reports.kept import kept
from costs.reports.show import NO_FILTERS, Filters, show
from costs.reports.shown import Shown
from costs.store.base import CostStore
from costs.store.remembered import Remembered

# Without days, anomalies are those of the last 30.
_LAST = Window()

logger = logging.getLogger(__name__)


def warm(store: CostStore) -> None:
    """Make and keep the panels of this month and the last one, the forecast and the anomalies.

    What cannot be answered is left to whoever asks: a load is complete without it.
    """
    try:
        costs = take(Remembered(store), None)
        this = costs.as_of.date().replace(day=1)
        for first in (this, add_months(this, -1)):
            for name, panel in PANELS.items():
                if panel.report is not Report.FORECAST:
                    kept_panel(name, Window(first, add_months(first, 1)), costs)
        kept_forecast(costs)
        kept_anomalies(costs)
    except CostError as error:
        logger.info("Pages of costs are not made ahead: %s", error.message)


def kept_panel(name: str, window: Window, costs: Snapshot, filters: Filters = NO_FILTERS) -> Shown:
    """A panel, as costs.reports.show shows it."""
    arguments = {"panel": name, "start": window.start, "end": window.end, "filters": {**filters}}
    return kept("panel", arguments, costs, lambda: show(PANELS[name], window, costs, filters))


def kept_forecast(costs: Snapshot, filters: Filters = NO_FILTERS) -> ForecastAnswer:
    """The forecast of the current month."""
    return kept("forecast", {"filters": {**filters}}, costs, lambda: forecast_costs(filters, None, costs))


def kept_anomalies(costs: Snapshot, window: Window = _LAST, filters: Filters = NO_FILTERS) -> AnomalyAnswer:
    """The anomalies of the last 30 days, or of a window."""
    arguments = {"start": window.start, "end": window.end, "filters": {**filters}}
    return kept(
        "anomalies",
        arguments,
        costs,
        lambda: find_anomalies(costs, start=window.start, end=window.end, filters=filters),
    )
