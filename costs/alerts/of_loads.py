"""Which sources have not brought what they should have: silent gaps would look like savings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from costs.alerts.findings import Findings, Found
from costs.models import Alert
from costs.store.base import CostStore, SourceState
from costs.wording import counted, quoted

MAX_REASON = 300


def find(store: CostStore, now: datetime) -> Findings:
    """Sources that could not be read, months that were refused, and sources without new data."""
    findings = Findings()
    for source in store.sources():
        for found in _of(source, store, now):
            findings.add(found)
    return findings


def _of(source: SourceState, store: CostStore, now: datetime) -> Iterator[Found]:
    name = quoted(source.name)
    if not source.was_read:
        yield _found(source, "unread", f"Source {name} could not be read the last time. Run load_costs.")
    for refusal in source.refusals:
        why = quoted(refusal.why, MAX_REASON)
        says = f"Source {name}: the delivery of {refusal.month} was refused on {refusal.at:%Y-%m-%d}: {why}."
        yield _found(source, f"refused/{refusal.month}", says, month=refusal.month)
    latest = _delivered_at(source, store)
    days = settings.ALERT_STALE_DAYS
    if latest and days and now - latest > timedelta(days=days):
        age = counted((now - latest).days, "day")
        says = f"Source {name}: its newest data was delivered on {latest:%Y-%m-%d}, {age} ago."
        yield _found(source, "stale", says, delivered_at=latest.isoformat())


def _delivered_at(source: SourceState, store: CostStore) -> datetime | None:
    loads = [load for load in store.loads() if load.speaks_for(source.name)]
    return max((load.delivered_at or load.loaded_at for load in loads), default=None)


def _found(source: SourceState, what: str, summary: str, **details: str) -> Found:
    return Found(
        cause=f"loads/{source.name}/{what}",
        kind=Alert.Kind.LOADS,
        severity=Alert.Severity.WARNING,
        summary=summary,
        details={"source": source.name, **details},
        about={"source": source.name},
        path="/costs/loads/",
    )
