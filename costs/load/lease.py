"""The lease of a source: two loads of it never run at once, however they are started.

A load has the lease while its row is `running`, of which the database allows one a source. It renews the
lease with a heartbeat. A load without one for LEASE counts as crashed, or at once if it was killed on this
machine, and the next one closes its row. A load that was only slow finds its row closed and must stop: its
transaction begins with `renew`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import TypeVar

import duckdb
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from catalog.sync.signals import deferred_interrupts
from costs.errors import LeaseLostError, LoadError, LoadRefusedError
from costs.models import CostLoad, CostLoadQuerySet
from costs.store.stored_loads import LoadStore

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 20
_INTERRUPT_SECONDS = 0.1
_CRASHED = "Crashed or was killed. Last heartbeat: {:%Y-%m-%d %H:%M:%S} UTC."

Result = TypeVar("Result")


@contextmanager
def running(load: CostLoad, store: LoadStore) -> Iterator[CostLoad]:
    """A load with its row, which is closed however the load ends; what it did not publish is deleted.

    Raises:
        LoadRefusedError: another load of the source is running.
    """
    with ExitStack() as start:
        start.enter_context(deferred_interrupts())
        _acquire(load, store)
        try:
            start.close()  # a deferred interrupt is raised here, where the row gets closed
            _delete_leftovers(load, store)
            yield load
        except LeaseLostError:
            raise
        except BaseException as error:
            _close_failed(load, store, error)
            raise


def renew(load: CostLoad) -> None:
    """Record a heartbeat, and check that the load still holds its lease.

    Raises:
        LeaseLostError: another load has closed this one as crashed.
    """
    load.heartbeat_at = timezone.now()
    if not _own_row(load).update(heartbeat_at=load.heartbeat_at):
        raise LeaseLostError(f"Load {load.pk} sent no heartbeat for too long, and another replaced it.")


@contextmanager
def writing(load: CostLoad) -> Iterator[None]:
    """A transaction of the load, which no interrupt breaks off.

    Raises:
        LeaseLostError: another load has closed this one as crashed.
    """
    with deferred_interrupts(), transaction.atomic():
        renew(load)
        yield


def beating(
    heartbeat: Callable[[], object], connection: duckdb.DuckDBPyConnection, work: Callable[[], Result]
) -> Result:
    """Do long work of DuckDB beside the heartbeat. An interrupt stops it.

    Args:
        heartbeat: called every HEARTBEAT_SECONDS.
        connection: where the work runs.
        work: what to do; it uses no database but DuckDB.
    """
    with ThreadPoolExecutor(1) as thread:
        future = thread.submit(work)
        try:
            while not wait([future], HEARTBEAT_SECONDS).done:
                heartbeat()
        except BaseException:
            _stop(connection, future)
            raise
        return future.result()


def cancel(load: CostLoad) -> None:
    """End a load that has nothing to publish, and delete its row."""
    _own_row(load).delete()


def _stop(connection: duckdb.DuckDBPyConnection, future: Future[Result]) -> None:
    """Interrupts one statement after the other until the work has failed."""
    while not future.done():
        connection.interrupt()
        wait([future], _INTERRUPT_SECONDS)


def _acquire(load: CostLoad, store: LoadStore) -> None:
    _close_crashed(load, store)
    try:
        with transaction.atomic():
            load.save(force_insert=True)
    except IntegrityError:
        raise LoadRefusedError(_refusal(load)) from None


def _close_crashed(load: CostLoad, store: LoadStore) -> None:
    before = timezone.now() - CostLoad.LEASE
    for other in CostLoad.objects.filter(source=load.source_id, status=CostLoad.Status.RUNNING):
        crashed = _own_row(other)
        if not store.is_abandoned(other):
            # Asked of the database: it may have sent a heartbeat, or ended, since we looked.
            crashed = crashed.filter(heartbeat_at__lt=before)
        crashed.update(status=CostLoad.Status.FAILED, error=_CRASHED.format(_seen(other)))


def _delete_leftovers(load: CostLoad, store: LoadStore) -> None:
    """Deletes what crashed loads of the source have left; their rows still have a path."""
    failed = CostLoad.objects.filter(source=load.source_id, status=CostLoad.Status.FAILED)
    for each in failed.exclude(path=""):
        _discard(each, store)


def _discard(load: CostLoad, store: LoadStore) -> None:
    """Its row keeps the path until what it has written is gone, so that the next load can try again."""
    try:
        store.discard(load)
    except LoadError as failure:
        logger.warning("What load %s has left cannot be deleted now: %s", load.pk, failure)
        return
    CostLoad.objects.filter(pk=load.pk).update(path="")


@deferred_interrupts()
def _close_failed(load: CostLoad, store: LoadStore, error: BaseException) -> None:
    try:
        is_own = _own_row(load).update(
            status=CostLoad.Status.FAILED, error=_reason(error), checks=load.checks
        )
        # Otherwise it was published, or another load has taken over.
        if is_own:
            _discard(load, store)
    except DatabaseError as failure:
        # The fault that ended the load, such as a full disk, often keeps its row from being closed too.
        logger.warning("Load %s stays marked as running for %s: %s", load.pk, CostLoad.LEASE, failure)


def _own_row(load: CostLoad) -> CostLoadQuerySet:
    return CostLoad.objects.filter(pk=load.pk, status=CostLoad.Status.RUNNING)


def _refusal(load: CostLoad) -> str:
    other = CostLoad.objects.filter(source=load.source_id, status=CostLoad.Status.RUNNING).first()
    if other is None:
        return f"Another load of {load.source_id} was running and has just ended. Start again."
    seen = _seen(other)
    free = seen + CostLoad.LEASE
    minutes, seconds = divmod(max(round((free - timezone.now()).total_seconds()), 0), 60)
    return (
        f"Load {other.pk} of {load.source_id} is running. Last heartbeat: {seen:%H:%M:%S} UTC. "
        f"If it was killed, another may start in {minutes} min {seconds} s, at {free:%H:%M:%S} UTC."
    )


def _seen(load: CostLoad) -> datetime:
    return load.heartbeat_at or load.started_at


def _reason(error: BaseException) -> str:
    if isinstance(error, LoadError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted."
    return f"{type(error).__name__}: {error}"
