"""The sync: copies a provider's price list into the tables and records the run.

Each service is one transaction, so that no reader sees a SKU without its price. A service that cannot be read
stays as it was, and the run goes on with the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Protocol

from django.db import DatabaseError

from catalog.errors import LeaseLostError, SourceError, SyncArgumentError, SyncRefusedError
from catalog.models import SAMPLE, PricingUpdate, Sku
from catalog.offers import store
from catalog.providers.records import ServiceRecord, SkuRecord
from catalog.providers.source import Entry, Source
from catalog.sync import lease
from catalog.sync.diff import ServiceChange, StoredSkus
from catalog.sync.report import SyncResult
from catalog.sync.scope import EVERYTHING, Scope, Task
from catalog.sync.signals import deferred_interrupts
from catalog.sync.writer import TableWriter

logger = logging.getLogger(__name__)

# Called for each SKU that was read, to move a progress bar.
Progress = Callable[[], object]


class Writer(Protocol):
    """Receives the changes that a run finds: writes them, or only lists them (catalog/sync/dry_run.py)."""

    def begin(self, services: Sequence[ServiceRecord], *, replaces_sample: bool) -> None:
        """Start the run, before its first SKU."""

    def heartbeat(self) -> None:
        """Renew the lease if it is time; called for each SKU that is read."""

    def add(self, sku: SkuRecord, content_hash: str, *, is_stored: bool) -> None:
        """Add a new or changed SKU; `is_stored` if it is in the tables, retired or not."""

    def write(self, change: ServiceChange) -> None:
        """Write a service that was read to the end, after its changed SKUs were added."""

    def drop(self, service_id: str, reason: str) -> None:
        """Discard the added SKUs of a service that could not be read to the end."""

    def finish(self, *, is_full: bool) -> None:
        """End the run; `is_full` if it tried all services of the price list."""


def no_progress() -> None:
    """Show nothing."""


def sync(source: Source, scope: Scope = EVERYTHING, *, progress: Progress = no_progress) -> SyncResult:
    """Copy the price list of `source` into the tables.

    Args:
        source: where to read from.
        scope: the services to sync, all by default.
        progress: called for each SKU that was read.

    Raises:
        SyncRefusedError: another run is in progress, this one would replace real prices with the sample's, or
            a named service is not listed.
        SourceError: nothing could be read; no price has changed.
    """
    refuse_sample_over_prices(source)
    with recorded(source, scope.task, is_full=not scope.names) as result:
        Run(source, scope, result, TableWriter(result.update)).copy(progress)
        _read_all_again_after_an_upgrade(result.update)
    return result


def _read_all_again_after_an_upgrade(update: PricingUpdate) -> None:
    """Read all SKUs with the vocabulary of this code, unless they have been."""
    if store.is_current():
        return
    logger.info("The vocabulary has changed. All SKUs are read again.")
    done = store.read_all_again(within=partial(lease.writing, update))
    logger.info("Read %d SKUs again, %d of them changed.", done.skus, done.changed)


@contextmanager
def recorded(source: Source, task: Task, *, is_full: bool = False) -> Iterator[SyncResult]:
    """A run with its row in pricing_updates, which is closed however the run ends.

    A run that is refused because of an argument leaves no row.

    Raises:
        SyncRefusedError: another run is in progress.
    """
    with ExitStack() as start:
        start.enter_context(deferred_interrupts())
        update = lease.acquire(source, task, is_full=is_full)
        result = SyncResult(update)
        try:
            start.close()  # a deferred interrupt is raised here, where the row gets closed
            yield result
            lease.finish(update, result.status, "\n".join(result.problems()))
        except LeaseLostError:
            raise
        except SyncArgumentError:
            lease.cancel(update)
            raise
        except BaseException as error:
            _close_failed(update, error)
            raise


def _close_failed(update: PricingUpdate, error: BaseException) -> None:
    try:
        lease.finish(update, PricingUpdate.Status.FAILED, _reason(error))
    except LeaseLostError:
        pass  # an interrupt right after finish() finds the row closed
    except DatabaseError as failure:
        # The fault that ended the run, such as a full disk, often keeps its row from being closed too.
        logger.warning("Sync %d stays marked as running for %s: %s", update.pk, lease.LEASE, failure)


def refuse_sample_over_prices(source: Source) -> None:
    """Raises SyncRefusedError if `source` is the sample and the tables contain a real price list."""
    if source.name == SAMPLE and Sku.objects.exclude(pk__in=Sku.objects.from_sample()).exists():
        raise SyncRefusedError(
            "The database contains a real price list. Use another DATABASE_URL for the sample."
        )


class Run:
    """Reads a price list service by service, passes changes to `writer` and counts them in `result`."""

    def __init__(self, source: Source, scope: Scope, result: SyncResult, writer: Writer) -> None:
        self._source = source
        self._scope = scope
        self._result = result
        self._writer = writer
        self._replaces_sample = source.name != SAMPLE and Sku.objects.from_sample().exists()
        stored = Sku.objects.of_provider(source.provider)
        self._stored = StoredSkus(() if self._replaces_sample else stored.fingerprints())

    def copy(self, progress: Progress) -> None:
        """Read all services in scope.

        Raises:
            SourceError: the price list is empty or unreadable.
        """
        services = self._scope.choose(self._source.services())
        self._result.update.services_total = len(services)
        self._writer.begin(services, replaces_sample=self._replaces_sample)
        lists = self._source.sku_lists([service.service_id for service in services])
        try:
            for service, skus in zip(services, lists, strict=True):
                self._copy_service(service, self._with_heartbeat(skus, progress))
            self._require_nonempty(services)
        except (KeyboardInterrupt, SourceError):
            self._writer.finish(is_full=False)
            raise
        self._writer.finish(is_full=self._scope.is_whole)

    def _copy_service(self, service: ServiceRecord, skus: Iterable[Entry]) -> None:
        change = ServiceChange(service.service_id)
        try:
            for sku, content_hash in self._stored.compare(skus, change):
                self._writer.add(sku, content_hash, is_stored=sku.sku_id in self._stored)
        except SourceError as error:
            logger.warning("service=%s failed: %s", service.service_id, error)
            self._result.fail(service, str(error))
            self._writer.drop(service.service_id, str(error))
            return
        self._writer.write(change)
        if not change.is_empty:
            _log(change)
        self._result.count(service, change)

    def _with_heartbeat(self, skus: Iterable[Entry], progress: Progress) -> Iterator[Entry]:
        self._writer.heartbeat()
        for sku in skus:
            yield sku
            progress()
            self._writer.heartbeat()

    def _require_nonempty(self, services: Sequence[ServiceRecord]) -> None:
        """An empty full list is an error; an empty partial list is not."""
        is_read = len(self._result.failures) < len(services) or not services
        if self._result.update.skus_synced or (is_read and not self._scope.is_whole):
            return
        reasons = [*self._result.problems(), "It lists no SKUs."]
        raise SourceError(f"The price list cannot be used. {reasons[0]}")


def _log(change: ServiceChange) -> None:
    logger.info(
        "service=%s listed=%d changed=%d retired=%d",
        change.service_id,
        change.listed,
        len(change.changed),
        len(change.retired),
    )


def _reason(error: BaseException) -> str:
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted."
    return f"{type(error).__name__}: {error}"
