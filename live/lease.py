"""The lease of the collection: two never run at once, so that no cloud is asked, or paid, twice.

A collection has the lease while its row has no end, of which the database allows one. It renews the lease
with a heartbeat. One without a heartbeat for LEASE counts as killed, and the next one closes its row. A
collection that was only slow finds its row closed and must stop: its transactions begin with `renew`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from catalog.sync.signals import deferred_interrupts
from live.errors import RunLostError, RunRefusedError
from live.models import LiveRun

HEARTBEAT_SECONDS = 20
_KILLED = "It crashed or was killed. Last heartbeat: {:%Y-%m-%d %H:%M:%S} UTC."


@contextmanager
def running() -> Iterator[LiveRun]:
    """A collection with its row, which is closed however it ends.

    Raises:
        RunRefusedError: another collection is running.
    """
    with deferred_interrupts():
        run = _acquire()
    try:
        yield run
    except RunLostError:
        raise
    except BaseException as error:
        run.error = "Stopped." if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
        _close(run)
        raise
    _close(run)


def renew(run: LiveRun) -> None:
    """Record a heartbeat, and check that the collection still holds its lease.

    Raises:
        RunLostError: another collection has closed this one as killed.
    """
    run.heartbeat_at = timezone.now()
    if not _own_row(run).update(heartbeat_at=run.heartbeat_at):
        raise RunLostError("The collection sent no heartbeat for too long, and another replaced it.")


@contextmanager
def writing(run: LiveRun) -> Iterator[None]:
    """A transaction of the collection, which no interrupt breaks off.

    Raises:
        RunLostError: another collection has closed this one as killed.
    """
    with deferred_interrupts(), transaction.atomic():
        renew(run)
        yield


def _acquire() -> LiveRun:
    now = timezone.now()
    for other in LiveRun.objects.filter(finished_at=None):
        killed = _own_row(other).filter(heartbeat_at__lt=now - LiveRun.LEASE)
        killed.update(finished_at=now, error=_KILLED.format(other.heartbeat_at))
    try:
        with transaction.atomic():
            return LiveRun.objects.create(started_at=now, heartbeat_at=now)
    except IntegrityError:
        raise RunRefusedError(_refusal()) from None


@deferred_interrupts()
def _close(run: LiveRun) -> None:
    run.finished_at = timezone.now()
    names = ("finished_at", "error", "points", "sources", "failed")
    _own_row(run).update(**{name: getattr(run, name) for name in names})


def _own_row(run: LiveRun) -> QuerySet[LiveRun]:
    return LiveRun.objects.filter(pk=run.pk, finished_at=None)


def _refusal() -> str:
    other = LiveRun.objects.filter(finished_at=None).first()
    if other is None:
        return "Another collection was running and has just ended. Start again."
    free = other.heartbeat_at + LiveRun.LEASE
    return (
        f"A collection is running since {other.started_at:%H:%M:%S} UTC. Last heartbeat: "
        f"{other.heartbeat_at:%H:%M:%S} UTC. If it was killed, another may start at {free:%H:%M:%S} UTC."
    )
