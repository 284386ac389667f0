"""Evaluates rules: what is wrong, what no longer is, and who is told."""

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

FAULT = "A rule could not be evaluated for a fault, which is told as not evaluated."


def lease_of(rules: str) -> Lease[AlertRun]:
    """Two evaluations of a set of rules never run at once, so that nobody is told twice."""
    results = ("fired", "resolved", "sent", "unsent", "skipped")
    return Lease(AlertRun, "An evaluation", results, {"rules": rules})


def evaluate(store: CostStore, *, now: datetime | None = None, rules: str = causes.COSTS) -> AlertRun:
    """Evaluate the rules of a set once, and send what is to be told.

    Args:
        store: the costs.
        now: the time; None for the clock's.
        rules: a key of `causes.RULES`.

    Raises:
        RunRefusedError: another evaluation of them is running, or has replaced this one.
    """
    now = now or timezone.now()
    found, lease = causes.RULES[rules], lease_of(rules)
    with lease.running() as run:
        beat = partial(lease.renew, run)
        findings = found.find(store, now, beat)
        with lease.writing(run):
            record(findings, run, now, found.prefixes)
            if found.keeps:
                AlertRun.objects.filter(rules=rules, finished_at__lt=now - found.keeps).delete()
        sender = Sender(beat)
        try:
            sender.send_due()
        finally:
            run.sent, run.unsent = sender.sent, sender.unsent
        run.error = FAULT if findings.failed else ""
    return run
