"""How a run goes or went, for people."""

from __future__ import annotations

from django.utils import timezone

from catalog.models import PricingUpdate

Status = PricingUpdate.Status
CRASHED = "crashed"
MINUTE, HOUR = 60, 3600


def state_name(run: PricingUpdate) -> str:
    return CRASHED if run.has_crashed else f"{run.status}"


def services_of(run: PricingUpdate) -> str:
    """The services that were read; of those that are to be, while the run goes on."""
    done = (run.services_synced or 0) + run.services_failed
    if run.status != Status.RUNNING:
        return f"{run.services_synced or 0:,}"
    return f"{done:,} of {run.services_total:,}" if run.services_total else f"{done:,}"


def duration_of(run: PricingUpdate) -> str:
    """How long the run took, or has taken until now; of one that failed, until its last heartbeat."""
    seconds = seconds_of(run)
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), MINUTE)
    return f"{minutes} min {rest} s" if seconds < HOUR else f"{minutes // MINUTE} h {minutes % MINUTE} min"


def seconds_of(run: PricingUpdate) -> float:
    is_going_on = run.status == Status.RUNNING and not run.has_crashed
    end = timezone.now() if is_going_on else run.completed_at or run.heartbeat_at or run.started_at
    return (end - run.started_at).total_seconds()
