"""Asks ahead what the pages of costs are asked first, so that nobody waits for charges to be read."""

from __future__ import annotations

import logging

from costs.errors import CostError
from costs.models import Budget, BudgetChange
from costs.panels import PANELS
from costs.query.dimensions import DIMENSIONS
from costs.query.periods import Window, add_months, first_day, month_of
from costs.query.snapshot import Snapshot, take
from costs.query.statements import distinct
from costs.reports.budgets import BudgetAnswer, budget_status
from costs.reports.find_anomalies import AnomalyAnswer, find_anomalies
from costs.reports.kept import kept
from costs.reports.show import NO_FILTERS, Filters, show
from costs.reports.shown import Shown
from costs.store.base import CostStore

# What pages offer as filters, beside closed lists.
FILTERED = ("model", "customer", "currency")
MAX_OFFERED = 300
# Pages of so many months are made ahead.
MONTHS = 13
# Without days, anomalies are those of the last 30.
_LAST = Window()

logger = logging.getLogger(__name__)


def warm(store: CostStore) -> None:
    """Make and keep what pages show of each month of the last year, the forecast and the budgets.

    What cannot be answered is left to whoever asks: a load is complete without it. So is all of a store that
    takes money for questions, since most of them would never be asked.
    """
    if store.metered:
        return
    try:
        costs = take(store, None)
        store.prepare(costs.loads)
        for month in _months(costs):
            window = Window(first_day(month), add_months(first_day(month), 1))
            for name in PANELS:
                kept_panel(name, window, costs)
            kept_anomalies(costs, window)
        kept_anomalies(costs)
        kept_budgets(costs)
        for dimension in FILTERED:
            known_values(dimension, costs)
    except CostError as error:
        logger.info("Pages of costs are not made ahead: %s", error.message)


def _months(costs: Snapshot) -> list[str]:
    """The months that are made: this one and the one before, then the others that are loaded."""
    this = costs.as_of.date().replace(day=1)
    first = [month_of(this), month_of(add_months(this, -1))]
    earlier = {load.billing_period for load in costs.loads if load.billing_period < first[0]}
    return [*dict.fromkeys([*first, *sorted(earlier, reverse=True)])][:MONTHS]


def kept_panel(name: str, window: Window, costs: Snapshot, filters: Filters = NO_FILTERS) -> Shown:
    """A panel, as costs.reports.show shows it."""
    arguments = {"panel": name, "start": window.start, "end": window.end, "filters": {**filters}}
    return kept("panel", arguments, costs, lambda: show(PANELS[name], window, costs, filters))


def kept_anomalies(costs: Snapshot, window: Window = _LAST, filters: Filters = NO_FILTERS) -> AnomalyAnswer:
    """The anomalies of the last 30 days, or of a window."""
    arguments = {"start": window.start, "end": window.end, "filters": {**filters}}
    return kept(
        "anomalies",
        arguments,
        costs,
        lambda: find_anomalies(costs, start=window.start, end=window.end, filters=filters),
    )


def kept_budgets(costs: Snapshot, name: str | None = None) -> BudgetAnswer:
    """How all budgets stand, or one, by their terms as they are."""
    budgets = [[each.name, each.terms, each.owners, each.notes] for each in Budget.objects.all()]
    last = BudgetChange.objects.order_by("id").values_list("id", flat=True).last()
    arguments = {"name": name, "budgets": budgets, "changes": last}
    return kept("budgets", arguments, costs, lambda: budget_status(costs, name=name))


def known_values(dimension: str, costs: Snapshot) -> list[str]:
    """The values that a dimension has in any loaded month, the first ones in order."""
    each = DIMENSIONS[dimension]
    records = costs.run(distinct(each, None, MAX_OFFERED))
    return [f"{each.shown(record[dimension])}" for record in records]
