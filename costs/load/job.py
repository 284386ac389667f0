"""The job: brings the months of a source up to date. It may be repeated, stopped and killed at any time."""

from __future__ import annotations

from contextlib import nullcontext

from costs.errors import LoadError
from costs.load.months import Months, Progress
from costs.load.offered import current_of, doubt_lost, gone, month_of, offered
from costs.load.report import LoadReport
from costs.load.sources import record
from costs.load.stamps import stamps_of_now
from costs.models import CostSource
from costs.providers.registry import REMOTE
from costs.store.stored_loads import LoadStore


def no_progress(_: str) -> None:
    """Show nothing."""


def load(
    source: CostSource, *, period: str | None = None, dry_run: bool = False, progress: Progress = no_progress
) -> LoadReport:
    """Load what a source has that is not loaded yet, and stamp months again if names or rules have changed.

    Args:
        source: where to load from.
        period: the only billing month to load, as 2026-10; None for all.
        dry_run: whether to only say what would be.
        progress: called at each step.

    Raises:
        LoadRefusedError: another load of the source is running.
    """
    months = Months(source, stamps_of_now(), is_dry=dry_run, progress=progress)
    # Two loads at a time would change each other's copy as it is read.
    with months.store.fetching(source) if source.kind in REMOTE else nullcontext():
        return _load(months, period)


def _load(months: Months, period: str | None) -> LoadReport:
    source, store = months.source, months.store
    report = LoadReport(source.name, is_dry=months.is_dry)
    try:
        found = offered(source, store, period, report)
        no_more = gone(source, found.deliveries, period)
        report.gone = {month_of(load): load.billed_by_currency for load in no_more}
        if not months.is_dry:
            store.note_days()
            lost = {load.pk for load in no_more if load.billing_period in found.known_months}
            doubt_lost(current_of(source, period).filter(is_estimate=True), lost)
        report.months += map(months.deliver, found.deliveries)
    except LoadError as error:
        report.error = str(error)
    if not months.is_dry:
        report.notes = [*report.notes, *months.replaced(report)]
        record(source, report, period)
    report.months += months.restamp_others({(month.period, month.account) for month in report.months}, period)
    report.months.sort(key=lambda month: (month.period, month.account))
    if not months.is_dry:
        _settle(store, report)
    return report


def _settle(store: LoadStore, report: LoadReport) -> None:
    """Let the store follow the loads that count now. If it cannot, answers are right all the same."""
    try:
        report.notes = [*report.notes, *store.settle()]
    except LoadError as error:
        report.behind = str(error)
