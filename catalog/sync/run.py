"""The sync: copies a provider's price list into the tables and keeps an account of it.

Each service is one transaction, so that no reader sees a SKU without its price. A service that cannot
be read stays as it was, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Protocol

from catalog.errors import LeaseLostError, SourceError, SyncRefusedError
from catalog.models import SAMPLE, PricingUpdate, Sku
from catalog.providers.records import ServiceRecord, SkuRecord
from catalog.providers.source import Source
from catalog.sync import lease
from catalog.sync.diff import HeldSkus, ServiceChange
from catalog.sync.report import SyncResult
from catalog.sync.scope import EVERYTHING, Scope, Task
from catalog.sync.signals import held
from catalog.sync.writer import TableWriter

logger = logging.getLogger(__name__)

Progress = Callable[[Sequence[ServiceRecord]], Iterable[ServiceRecord]]


class Writer(Protocol):
    """Where a run puts what it finds: into the tables, or on paper only (catalog/sync/dry_run.py)."""

    def begin(self, services: Sequence[ServiceRecord], *, replaces_sample: bool) -> None:
        """Take in what goes ahead of the first SKU."""

    def beat(self) -> None:
        """Show that the run is alive; called for each SKU that is read."""

    def add(self, sku: SkuRecord, content_hash: str, *, is_held: bool) -> None:
        """Take in a new or changed SKU; `is_held` says whether the tables hold it, in whichever state."""

    def write(self, change: ServiceChange) -> None:
        """Write a service that was read to its end, all of whose changed SKUs were added."""

    def drop(self) -> None:
        """Forget what was added of a service that could not be read to its end."""


def sync(source: Source, scope: Scope = EVERYTHING, *, progress: Progress = iter) -> SyncResult:
    """Copy the price list of `source` into the tables.

    Args:
        source: where to read from.
        scope: the services to sync, all by default.
        progress: given the services, yields each as its turn comes; may show how far the run is.

    Raises:
        SyncRefusedError: another run is going on, or this one would replace real prices with the sample's.
        SourceError: nothing could be read; nothing has changed.
    """
    refuse_sample_over_prices(source)
    with recorded(source.name, scope.task) as result:
        Run(source, scope, result, TableWriter(result.update)).copy(progress)
    return result


@contextmanager
def recorded(source_name: str, task: Task) -> Iterator[SyncResult]:
    """A run with its row in pricing_updates, which is closed whichever way the run ends.

    Raises:
        SyncRefusedError: another run is going on.
    """
    with ExitStack() as beginning:
        beginning.enter_context(held())
        update = lease.take(source_name, task)
        result = SyncResult(update)
        try:
            beginning.close()  # an interrupt that was held back comes here, where it closes the row
            yield result
            lease.finish(update, PricingUpdate.Status.COMPLETED, "\n".join(result.failures.values()))
        except LeaseLostError:
            raise
        except BaseException as error:
            with suppress(LeaseLostError):  # interrupted as it was closed, it is closed
                lease.finish(update, PricingUpdate.Status.FAILED, _reason(error))
            raise


def refuse_sample_over_prices(source: Source) -> None:
    """Raises SyncRefusedError where `source` is the sample and the tables hold a real price list."""
    if source.name == SAMPLE and Sku.objects.exclude(pk__in=Sku.objects.from_sample()).exists():
        raise SyncRefusedError(
            "The database holds a real price list; the sample would replace it. Use another DATABASE_URL."
        )


class Run:
    """The reading of a price list, service by service; `result` counts what `writer` is given."""

    def __init__(self, source: Source, scope: Scope, result: SyncResult, writer: Writer) -> None:
        self._source = source
        self._scope = scope
        self._result = result
        self._writer = writer
        self._replaces_sample = source.name != SAMPLE and Sku.objects.from_sample().exists()
        self._held = HeldSkus(() if self._replaces_sample else Sku.objects.held())

    def copy(self, progress: Progress) -> None:
        """Read all services in scope.

        Raises:
            SourceError: the price list is of no use.
        """
        services = self._scope.choose(self._source.services())
        self._writer.begin(services, replaces_sample=self._replaces_sample)
        lists = self._source.sku_lists([service.service_id for service in services])
        for service, skus in zip(progress(services), lists, strict=True):
            self._copy_service(service, skus)
        self._require_use(services)

    def _copy_service(self, service: ServiceRecord, skus: Iterable[SkuRecord]) -> None:
        change = ServiceChange(service.service_id)
        try:
            for sku, content_hash in self._held.compare(self._alive(skus), change):
                self._writer.add(sku, content_hash, is_held=sku.sku_id in self._held)
        except SourceError as error:
            logger.warning("service=%s failed: %s", service.service_id, error)
            self._result.fail(service.service_id, str(error))
            self._writer.drop()
            return
        if not change.is_empty:
            self._writer.write(change)
            _log(change)
        self._result.count(change)

    def _alive(self, skus: Iterable[SkuRecord]) -> Iterator[SkuRecord]:
        self._writer.beat()
        for sku in skus:
            yield sku
            self._writer.beat()

    def _require_use(self, services: Sequence[ServiceRecord]) -> None:
        """A price list of nothing is no price list; that a part of one lists nothing may be."""
        is_read = len(self._result.failures) < len(services) or not services
        if self._result.update.skus_synced or (is_read and not self._scope.is_whole):
            return
        reasons = [*self._result.failures.values(), "It lists no SKU at all."]
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
