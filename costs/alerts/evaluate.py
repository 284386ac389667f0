"""Evaluates all rules: what is wrong, what no longer is, and who is told."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.utils import timezone

from costs.alerts import causes
from costs.alerts.notify import Sender
from costs.alerts.record import record
from costs.lease import Lease
from costs.models import AlertRun
from costs.store.base import CostStore

# Two evaluations never run at once, so that nobody is told twice.
LEASE = Lease(AlertRun, "An evaluation", ("fired", "resolved", "sent", "unsent", "skipped"))
FAULT = "A rule could not be evaluated for a fault, which is told as not evaluated."


def evaluate(store: CostStore, *, now: datetime | None = None) -> AlertRun:
    """Evaluate all rules once, and send what is to be told.

    Args:
        store: the costs.
        now: the time; None for the clock's.

    Raises:
        RunRefusedError: another evaluation is running, or has replaced this one.
    """
    now = now or timezone.now()
    with LEASE.running() as run:
        beat = partial(LEASE.renew, run)
        findings = causes.find(store, now, beat)
        with LEASE.writing(run):
            record(findings, run, now)
        sender = Sender(beat)
        try:
            sender.send_due()
        finally:
            run.sent, run.unsent = sender.sent, sender.unsent
        run.error = FAULT if findings.failed else ""
    return run
