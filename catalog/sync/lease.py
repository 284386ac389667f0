"""The sync lease: two runs never sync the same service at once, however they are started.

A run has the lease while its row in pricing_updates is `running`, and renews it with a heartbeat. A run
without a heartbeat for LEASE counts as crashed, and the next run closes its row. A run that was only slow
finds its row closed and must stop writing: each of its transactions begins with `renew`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from catalog.errors import LeaseLostError, SyncRefusedError
from catalog.models import PricingUpdate
from catalog.providers.source import Source
from catalog.sync.scope import Task
from catalog.sync.signals import deferred_interrupts

LEASE = PricingUpdate.LEASE
HEARTBEAT_SECONDS = 20

_CRASHED = "Crashed or was killed. Last heartbeat: {:%Y-%m-%d %H:%M:%S} UTC."
_COUNTS = (
    "services_total",
    "services_synced",
    "services_failed",
    "skus_synced",
    "skus_changed",
    "skus_retired",
    "pricing_records_synced",
)

# Raw SQL, because the ORM has no INSERT ... WHERE: the database checks and inserts in one step, so that one
# of two jobs that start together is refused. Only tasks of the same job run side by side.
_ACQUIRE = """
INSERT INTO "pricing_updates"
    (status, source, provider, task_index, task_count, is_full, started_at, heartbeat_at, created_at)
SELECT 'running', %s, %s, %s, %s, %s, %s, %s, %s
WHERE NOT EXISTS (
    SELECT 1 FROM pricing_updates
    WHERE status = 'running' AND NOT (task_count = %s AND task_index <> %s)
)
"""


def acquire(source: Source, task: Task, *, is_full: bool = False) -> PricingUpdate:
    """Start a run.

    Args:
        source: the price list to read.
        task: the run's share of the services.
        is_full: whether it is to copy all of them, at current prices.

    Raises:
        SyncRefusedError: another run has the lease.
    """
    now = timezone.now()
    _close_crashed(now)
    time = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(
            _ACQUIRE,
            [
                source.name,
                source.provider,
                task.index,
                task.count,
                is_full,
                time,
                time,
                time,
                task.count,
                task.index,
            ],
        )
        if cursor.rowcount:
            return PricingUpdate.objects.get(pk=cursor.lastrowid)
    raise SyncRefusedError(_refusal())


def renew(update: PricingUpdate) -> None:
    """Record a heartbeat, and check that the run still holds its lease.

    Raises:
        LeaseLostError: another run has closed this one as crashed.
    """
    update.heartbeat_at = timezone.now()
    _write(update, heartbeat_at=update.heartbeat_at)


@contextmanager
def writing(update: PricingUpdate) -> Iterator[None]:
    """A transaction of the run, which no interrupt breaks off.

    Raises:
        LeaseLostError: another run has closed this one as crashed.
    """
    with deferred_interrupts(), transaction.atomic():
        renew(update)
        yield


def finish(update: PricingUpdate, status: PricingUpdate.Status, message: str = "") -> None:
    """End the run; `message` says what went wrong, if anything. A failed run gets no completed_at.

    Raises:
        LeaseLostError: another run has closed this one as crashed.
    """
    update.status = status
    update.error_message = message or None
    update.completed_at = None if status == PricingUpdate.Status.FAILED else timezone.now()
    _write(update, status=status, error_message=update.error_message, completed_at=update.completed_at)


@deferred_interrupts()
def cancel(update: PricingUpdate) -> None:
    """End a run that was refused before it wrote anything, and delete its row."""
    PricingUpdate.objects.filter(pk=update.pk, status=PricingUpdate.Status.RUNNING).delete()


@deferred_interrupts()
def _write(update: PricingUpdate, **fields: object) -> None:
    counts = {name: getattr(update, name) for name in _COUNTS}
    own_row = PricingUpdate.objects.filter(pk=update.pk, status=PricingUpdate.Status.RUNNING)
    if not own_row.update(**counts, **fields):
        raise LeaseLostError(f"Sync {update.pk} sent no heartbeat for too long, and another run replaced it.")


def _close_crashed(now: datetime) -> None:
    silent = Q(heartbeat_at__lt=now - LEASE) | Q(heartbeat_at__isnull=True, started_at__lt=now - LEASE)
    for update in PricingUpdate.objects.filter(silent, status=PricingUpdate.Status.RUNNING):
        message = _CRASHED.format(update.heartbeat_at or update.started_at)
        # Checked again: it may have sent a heartbeat, or ended, since we looked.
        PricingUpdate.objects.filter(silent, pk=update.pk, status=PricingUpdate.Status.RUNNING).update(
            status=PricingUpdate.Status.FAILED, error_message=message
        )


def _refusal() -> str:
    other = PricingUpdate.objects.filter(status=PricingUpdate.Status.RUNNING).first()
    if other is None:
        return "Another sync was running and has just ended. Start again."
    seen = other.heartbeat_at or other.started_at
    return (
        f"Sync {other.pk} is running. Last heartbeat: {seen:%H:%M:%S} UTC. "
        f"If it was killed, another may start at {seen + LEASE:%H:%M:%S} UTC."
    )
