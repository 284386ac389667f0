"""The right to sync: whichever way jobs are started, no service is synced by two runs at once.

A run holds its lease while its row in pricing_updates says `running`. It shows by a heartbeat that it is
alive; one that has been silent for LEASE has crashed, and the next run closes its row. A run that was only
slow finds its row closed and may not write any more: each of its transactions begins with `beat`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from catalog.errors import LeaseLostError, SyncRefusedError
from catalog.models import PricingUpdate
from catalog.sync.scope import Task
from catalog.sync.signals import held

# Longer than a call to the API may take with all its retries.
LEASE = timedelta(minutes=5)
BEAT_SECONDS = 20

_CRASHED = (
    "Ended without a word, its last sign of life at {:%Y-%m-%d %H:%M:%S} UTC: it was killed or crashed."
)
_COUNTS = (
    "services_synced",
    "services_failed",
    "skus_synced",
    "skus_changed",
    "skus_retired",
    "pricing_records_synced",
)

# Raw, because the ORM has no INSERT ... WHERE: the database looks and inserts in one step, so that of two
# jobs that start together one is refused. Runs go side by side only as parts of the same whole.
_TAKE = """
INSERT INTO "pricing_updates"
    (status, source, task_index, task_count, started_at, heartbeat_at, created_at)
SELECT 'running', %s, %s, %s, %s, %s, %s
WHERE NOT EXISTS (
    SELECT 1 FROM pricing_updates
    WHERE status = 'running' AND NOT (task_count = %s AND task_index <> %s)
)
"""


def take(source: str, task: Task) -> PricingUpdate:
    """Begin a run.

    Args:
        source: the name of the price list that it reads.
        task: its part of the services.

    Raises:
        SyncRefusedError: another run has the lease.
    """
    now = timezone.now()
    _close_crashed(now)
    time = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [source, task.index, task.count, time, time, time, task.count, task.index])
        if cursor.rowcount:
            return PricingUpdate.objects.get(pk=cursor.lastrowid)
    raise SyncRefusedError(_refusal())


def beat(update: PricingUpdate) -> None:
    """Show that the run is alive, and make sure that it still has its lease.

    Raises:
        LeaseLostError: another run took it for crashed.
    """
    update.heartbeat_at = timezone.now()
    _write(update, heartbeat_at=update.heartbeat_at)


def finish(update: PricingUpdate, status: PricingUpdate.Status, message: str = "") -> None:
    """End the run; `message` says what went wrong, if anything did. A failed run never completes.

    Raises:
        LeaseLostError: another run took it for crashed.
    """
    update.status = status
    update.error_message = message or None
    update.completed_at = timezone.now() if status == PricingUpdate.Status.COMPLETED else None
    _write(update, status=status, error_message=update.error_message, completed_at=update.completed_at)


@held()
def _write(update: PricingUpdate, **fields: object) -> None:
    counts = {name: getattr(update, name) for name in _COUNTS}
    held = PricingUpdate.objects.filter(pk=update.pk, status=PricingUpdate.Status.RUNNING)
    if not held.update(**counts, **fields):
        raise LeaseLostError(f"Sync {update.pk} was silent for too long; another run has taken its place.")


def _close_crashed(now: datetime) -> None:
    silent = Q(heartbeat_at__lt=now - LEASE) | Q(heartbeat_at__isnull=True, started_at__lt=now - LEASE)
    for update in PricingUpdate.objects.filter(silent, status=PricingUpdate.Status.RUNNING):
        message = _CRASHED.format(update.heartbeat_at or update.started_at)
        # Once more with the condition: it may have come back to life, or ended, since we looked.
        PricingUpdate.objects.filter(silent, pk=update.pk, status=PricingUpdate.Status.RUNNING).update(
            status=PricingUpdate.Status.FAILED, error_message=message
        )


def _refusal() -> str:
    other = PricingUpdate.objects.filter(status=PricingUpdate.Status.RUNNING).first()
    if other is None:
        return "Another sync was running until now; start again."
    seen = other.heartbeat_at or other.started_at
    return (
        f"Sync {other.pk} is running, its last sign of life at {seen:%H:%M:%S} UTC. If it was killed, "
        f"another may start at {seen + LEASE:%H:%M:%S} UTC."
    )
