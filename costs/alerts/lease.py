"""The lease of the rules: two evaluations never run at once, so that nobody is told twice.

An evaluation has the lease while its row has no end, of which the database allows one for each set of rules.
It renews the lease with a heartbeat. One without a heartbeat for LEASE counts as killed, and the next one
closes its row. An evaluation that was only slow finds its row closed and must stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.sync.signals import deferred_interrupts
from costs.errors import RunLostError, RunRefusedError
from costs.models import AlertRun

_KILLED = "It crashed or was killed. Last heartbeat: {:%Y-%m-%d %H:%M:%S} UTC."


@contextmanager
def running(rules: str) -> Iterator[AlertRun]:
    """An evaluation of a set of rules with its row, which is closed however it ends.

    Raises:
        RunRefusedError: another evaluation of them is running.
    """
    with deferred_interrupts():
        run = _acquire(rules)
    try:
        yield run
    except RunLostError:
        raise
    except BaseException as error:
        run.error = "Stopped." if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
        _close(run)
        raise
    _close(run)


def renew(run: AlertRun) -> None:
    """Record a heartbeat, and check that the evaluation still holds its lease.

    Raises:
        RunLostError: another evaluation has closed this one as killed.
    """
    run.heartbeat_at = timezone.now()
    if not _own_row(run).update(heartbeat_at=run.heartbeat_at):
        raise RunLostError("The evaluation sent no heartbeat for too long, and another replaced it.")


@contextmanager
def writing(run: AlertRun) -> Iterator[None]:
    """A transaction of the evaluation, which no interrupt breaks off.

    Raises:
        RunLostError: another evaluation has closed this one as killed.
    """
    with deferred_interrupts(), transaction.atomic():
        renew(run)
        yield


def _acquire(rules: str) -> AlertRun:
    now = timezone.now()
    for other in AlertRun.objects.filter(finished_at=None, rules=rules):
        killed = _own_row(other).filter(heartbeat_at__lt=now - AlertRun.LEASE)
        killed.update(finished_at=now, error=_KILLED.format(other.heartbeat_at))
    try:
        with transaction.atomic():
            return AlertRun.objects.create(rules=rules, started_at=now, heartbeat_at=now)
    except IntegrityError:
        raise RunRefusedError(_refusal(rules)) from None


@deferred_interrupts()
def _close(run: AlertRun) -> None:
    run.finished_at = timezone.now()
    names = ("finished_at", "error", "fired", "resolved", "sent", "unsent", "skipped")
    _own_row(run).update(**{name: getattr(run, name) for name in names})


def _own_row(run: AlertRun) -> QuerySet[AlertRun]:
    return AlertRun.objects.filter(pk=run.pk, finished_at=None)


def _refusal(rules: str) -> str:
    other = AlertRun.objects.filter(finished_at=None, rules=rules).first()
    if other is None:
        return "Another evaluation was running and has just ended. Start again."
    free = other.heartbeat_at + AlertRun.LEASE
    return (
        f"An evaluation is running since {other.started_at:%H:%M:%S} UTC. Last heartbeat: "
        f"{other.heartbeat_at:%H:%M:%S} UTC. If it was killed, another may start at {free:%H:%M:%S} UTC."
    )
