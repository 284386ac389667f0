"""The sync: copies a provider's price list into the tables and keeps an account of it.

Each service is one transaction, so that no reader sees a SKU without its price. A service that cannot
be read stays as it was, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from catalog import lease
from catalog.diff import HeldSkus, ServiceChange
from catalog.errors import LeaseLostError, SourceError, SyncRefusedError
from catalog.lease import WHOLE, Task
from catalog.models import SAMPLE, PricingUpdate, Sku
from catalog.records import ServiceRecord, SkuRecord
from catalog.write import Writer

logger = logging.getLogger(__name__)

Progress = Callable[[Sequence[ServiceRecord]], Iterable[ServiceRecord]]


class Source(Protocol):
    """Where a price list comes from. `name` is recorded with the run: api, folder or sample."""

    @property
    def name(self) -> str: ...

    def services(self) -> Iterable[ServiceRecord]: ...

    def sku_lists(self, service_ids: Sequence[str]) -> Iterable[Iterable[SkuRecord]]:
        """The SKUs of each service, in the order given; one that cannot be read says so when iterated."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Which services a run syncs: its task's part, of `service_ids` where some are named."""

    task: Task = WHOLE
    service_ids: Collection[str] = ()

    @property
    def is_whole(self) -> bool:
        return self.task.count == 1 and not self.service_ids

    def choose(self, services: Iterable[ServiceRecord]) -> list[ServiceRecord]:
        """The services in scope; one that is listed twice counts once.

        Raises:
            SourceError: a named service is not listed.
        """
        listed = {service.service_id: service for service in services}
        unknown = sorted(set(self.service_ids) - listed.keys())
        if unknown:
            raise SourceError(f"The price list has no service {', '.join(unknown)}.")
        return [
            service
            for service_id, service in listed.items()
            if self.task.includes(service_id) and (not self.service_ids or service_id in self.service_ids)
        ]


EVERYTHING = Scope()


@dataclass(slots=True)
class SyncResult:
    """A completed run: its row, why services failed, how many SKUs are not priced in USD."""

    update: PricingUpdate
    failures: dict[str, str] = field(default_factory=dict)
    skus_skipped: int = 0

    def count(self, change: ServiceChange) -> None:
        self.skus_skipped += change.skipped
        counts = {
            "services_synced": 1,
            "skus_synced": change.listed,
            "pricing_records_synced": change.prices,
            "skus_changed": len(change.changed),
            "skus_retired": len(change.retired),
        }
        for name, count in counts.items():
            setattr(self.update, name, getattr(self.update, name) + count)

    def summary(self) -> str:
        """One line for the operator."""
        update = self.update
        return (
            f"Sync {update.pk} from {update.source}: {update.services_synced} services, "
            f"{update.skus_synced} SKUs, {update.skus_changed} changed, {update.skus_retired} retired, "
            f"{self.skus_skipped} skipped (not in USD), {update.services_failed} services failed."
        )


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
    if source.name == SAMPLE and Sku.objects.exclude(pk__in=Sku.objects.from_sample()).exists():
        raise SyncRefusedError(
            "The database holds a real price list; the sample would replace it. Use another DATABASE_URL."
        )
    update = lease.take(source.name, scope.task)
    result = SyncResult(update)
    try:
        _Run(source, scope, result).copy(progress)
    except LeaseLostError:
        raise
    except BaseException as error:
        lease.finish(update, PricingUpdate.Status.FAILED, _reason(error))
        raise
    lease.finish(update, PricingUpdate.Status.COMPLETED, "\n".join(result.failures.values()))
    return result


class _Run:
    """One run while it goes on."""

    def __init__(self, source: Source, scope: Scope, result: SyncResult) -> None:
        self._source = source
        self._scope = scope
        self._result = result
        self._replaces_sample = source.name != SAMPLE and Sku.objects.from_sample().exists()
        self._held = HeldSkus(() if self._replaces_sample else Sku.objects.held())

    def copy(self, progress: Progress) -> None:
        services = self._scope.choose(self._source.services())
        writer = Writer(self._result.update, services, replaces_sample=self._replaces_sample)
        lists = self._source.sku_lists([service.service_id for service in services])
        for service, skus in zip(progress(services), lists, strict=True):
            self._copy_service(service, skus, writer)
        self._require_use(services)

    def _copy_service(self, service: ServiceRecord, skus: Iterable[SkuRecord], writer: Writer) -> None:
        change = ServiceChange(service.service_id)
        try:
            for sku, content_hash in self._held.compare(self._alive(skus), change):
                writer.add(sku, content_hash, is_held=sku.sku_id in self._held)
        except SourceError as error:
            logger.warning("service=%s failed: %s", service.service_id, error)
            self._result.failures[service.service_id] = str(error)
            self._result.update.services_failed += 1
            writer.drop()
            return
        if not change.is_empty:
            writer.write(change)
            _log(change)
        self._result.count(change)

    def _alive(self, skus: Iterable[SkuRecord]) -> Iterator[SkuRecord]:
        """The SKUs, with signs of life while they are read."""
        lease.beat_if_due(self._result.update)
        for sku in skus:
            yield sku
            lease.beat_if_due(self._result.update)

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
