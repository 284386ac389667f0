"""The sync: copies a provider's price list into the tables and keeps an account of it.

Each service is one transaction, so that no reader sees a SKU without its price. A service that cannot
be read stays as it was, and the rest goes on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.db import transaction
from django.utils import timezone

from catalog.diff import OfferedSkus, ServiceChange
from catalog.errors import SourceError, SyncRefusedError
from catalog.models import SAMPLE, PricingUpdate, Sku
from catalog.records import ServiceRecord, SkuRecord
from catalog.write import write_change, write_services

logger = logging.getLogger(__name__)

Progress = Callable[[Sequence[ServiceRecord]], Iterable[ServiceRecord]]


class Source(Protocol):
    """Where a price list comes from. `name` is recorded with the run: api, folder or sample."""

    @property
    def name(self) -> str: ...

    def services(self) -> Iterable[ServiceRecord]: ...

    def skus(self, service_id: str) -> Iterable[SkuRecord]: ...


@dataclass(slots=True)
class SyncResult:
    """A completed run: its row, why services failed, how many SKUs are not priced in USD."""

    update: PricingUpdate
    failures: dict[str, str] = field(default_factory=dict)
    skus_skipped: int = 0

    def summary(self) -> str:
        """One line for the operator."""
        update = self.update
        return (
            f"Sync {update.pk} from {update.source}: {update.services_synced} services, "
            f"{update.skus_synced} SKUs, {update.skus_changed} changed, {update.skus_retired} retired, "
            f"{self.skus_skipped} skipped (not in USD), {update.services_failed} services failed."
        )


def sync(source: Source, *, progress: Progress = iter) -> SyncResult:
    """Copy the price list of `source` into the tables.

    Args:
        source: where to read from.
        progress: given the services, yields each as its turn comes; may show how far the run is.

    Raises:
        SyncRefusedError: the run would replace real prices with the sample's.
        SourceError: nothing could be read; nothing has changed.
    """
    if source.name == SAMPLE and Sku.objects.exclude(pk__in=Sku.objects.from_sample()).exists():
        raise SyncRefusedError(
            "The database holds a real price list; the sample would replace it. Use another DATABASE_URL."
        )
    update = PricingUpdate.objects.create(
        started_at=timezone.now(), status=PricingUpdate.Status.RUNNING, source=source.name
    )
    result = SyncResult(update)
    try:
        _Run(source, result).copy(progress)
    except BaseException as error:
        update.finish(PricingUpdate.Status.FAILED, _reason(error))
        raise
    update.finish(PricingUpdate.Status.COMPLETED, "\n".join(result.failures.values()))
    return result


class _Run:
    """One run while it goes on."""

    def __init__(self, source: Source, result: SyncResult) -> None:
        self._result = result
        self._source = source
        self._update = result.update
        self._replaces_sample = source.name != SAMPLE and Sku.objects.from_sample().exists()
        held = Sku.objects.none() if self._replaces_sample else Sku.objects.offered()
        self._offered = OfferedSkus(held.values_list("sku_id", "service_id", "content_hash").iterator())
        self._opened = False

    def copy(self, progress: Progress) -> None:
        # A service listed twice counts once.
        services = list({service.service_id: service for service in self._source.services()}.values())
        for service in progress(services):
            self._copy_service(service, services)
        if not self._opened:
            reasons = list(self._result.failures.values()) or ["It lists no SKU at all."]
            raise SourceError(f"The price list cannot be used. {reasons[0]}")

    def _copy_service(self, service: ServiceRecord, services: Sequence[ServiceRecord]) -> None:
        try:
            change = self._offered.compare(service.service_id, self._source.skus(service.service_id))
        except SourceError as error:
            logger.warning("%s (%s) failed: %s", service.display_name, service.service_id, error)
            self._result.failures[service.service_id] = str(error)
            self._update.services_failed += 1
            return
        if change.listed:
            self._write(service, change, services)
        self._count(change)

    def _write(
        self, service: ServiceRecord, change: ServiceChange, services: Sequence[ServiceRecord]
    ) -> None:
        with transaction.atomic():
            if not self._opened:
                self._open(services)
            write_change(change, self._update)
        self._opened = True
        self._offered.apply(change)
        logger.info(
            "%s: %d SKUs listed, %d changed, %d retired",
            service.display_name,
            len(change.listed),
            len(change.changed),
            len(change.retired),
        )

    def _open(self, services: Sequence[ServiceRecord]) -> None:
        """What goes ahead of the first SKU, in its transaction: a source that fails changes nothing."""
        if self._replaces_sample:
            Sku.objects.from_sample().delete()
        write_services(services)

    def _count(self, change: ServiceChange) -> None:
        self._result.skus_skipped += len(change.skipped)
        counts = {
            "services_synced": 1,
            "skus_synced": len(change.listed - change.skipped),
            "pricing_records_synced": sum(change.prices.values()),
            "skus_changed": len(change.changed),
            "skus_retired": len(change.retired),
        }
        for name, count in counts.items():
            setattr(self._update, name, getattr(self._update, name) + count)


def _reason(error: BaseException) -> str:
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "Interrupted."
    return f"{type(error).__name__}: {error}"
