"""The writer: puts new and changed SKUs into the tables, one service at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, astuple, fields
from time import monotonic

from django.utils import timezone

from catalog.models import PricingInfo, PricingUpdate, Service, Sku, StagedRows
from catalog.offers import store
from catalog.providers.records import ServiceRecord, SkuRecord
from catalog.sync import lease
from catalog.sync.diff import ServiceChange
from catalog.sync.price_history import StoredPrice, new_prices
from catalog.sync.service_states import ServiceStates
from catalog.sync.signals import deferred_interrupts
from catalog.sync.staging import Stage, retire

# SKUs that are staged together.
CHUNK = 2000


class TableWriter:
    """Writes for the run `update`; implements catalog.sync.run.Writer."""

    def __init__(self, update: PricingUpdate) -> None:
        self._update = update
        self._services: Sequence[ServiceRecord] = ()
        self._records: dict[str, ServiceRecord] = {}
        self._replaces_sample = False
        self._is_open = False
        self._heartbeat_due = monotonic() + lease.HEARTBEAT_SECONDS
        self._waiting: list[tuple[SkuRecord, str]] = []
        self._stored: list[str] = []
        self._stage = Stage(update)
        self._states = ServiceStates()

    @deferred_interrupts()
    def begin(self, services: Sequence[ServiceRecord], *, replaces_sample: bool) -> None:
        self._services = services
        self._records = {service.service_id: service for service in services}
        self._replaces_sample = replaces_sample
        # Killed runs leave staged rows behind.
        left_behind = StagedRows.objects.exclude(update__status=PricingUpdate.Status.RUNNING)
        if left_behind.exists():
            left_behind.delete()

    def heartbeat(self) -> None:
        if monotonic() >= self._heartbeat_due:
            lease.renew(self._update)
            self._heartbeat_due = monotonic() + lease.HEARTBEAT_SECONDS

    def add(self, sku: SkuRecord, content_hash: str, *, is_stored: bool) -> None:
        self._waiting.append((sku, content_hash))
        if is_stored:
            self._stored.append(sku.sku_id)
        if len(self._waiting) == CHUNK:
            self._flush()

    @deferred_interrupts()
    def write(self, change: ServiceChange) -> None:
        """Write a service so that readers see all of it at once, or nothing."""
        if not change.is_empty and (not self._is_open or change.changed or change.retired):
            self._write(change)
        if not change.lost_all:
            self._states.read(change.service_id)

    @deferred_interrupts()
    def drop(self, service_id: str, reason: str) -> None:
        self._waiting.clear()
        self._stored.clear()
        self._stage.clear()
        self._states.failed(service_id, reason)

    @deferred_interrupts()
    def finish(self, *, is_full: bool) -> None:
        self._states.write(self._update, is_full=is_full)

    def _write(self, change: ServiceChange) -> None:
        self._flush()
        with lease.writing(self._update):
            if not self._is_open:
                self._open()
            now = timezone.now()
            self._stage.move(now)
            if change.retired:
                retire(change.service_id, change.retired, now)
            if change.changed or change.retired:
                store.mark_list_prices([change.service_id])
        self._is_open = True

    @deferred_interrupts()
    def _flush(self) -> None:
        if not self._waiting:
            return
        timelines = PricingInfo.objects.timelines(self._stored)
        now = timezone.now()
        prices = [
            (sku.sku_id, new)
            for sku, _ in self._waiting
            for new in new_prices(
                [StoredPrice(*row) for row in timelines.get(sku.sku_id, ())], sku.pricing, now
            )
        ]
        self._stage.put(self._waiting, prices, self._records)
        self._waiting.clear()
        self._stored.clear()

    def _open(self) -> None:
        """Do what precedes the first SKU, in its transaction: a price list that fails changes nothing."""
        if self._replaces_sample:
            Sku.objects.from_sample().delete()
        _write_services(self._services)


def _write_services(services: Sequence[ServiceRecord]) -> None:
    """Insert new services and update renamed ones, whose SKUs then read otherwise."""
    columns = [field.name for field in fields(ServiceRecord)]
    stored = set(Service.objects.values_list(*columns))
    names = {service_id: name for service_id, name, *_ in stored}
    now = timezone.now()
    Service.objects.bulk_create(
        [
            Service(**asdict(service), created_at=now, updated_at=now)
            for service in services
            if astuple(service) not in stored
        ],
        update_conflicts=True,
        unique_fields=["service_id"],
        update_fields=["display_name", "business_entity_name", "provider", "updated_at"],
    )
    if renamed := [
        service.service_id
        for service in services
        if names.get(service.service_id, service.display_name) != service.display_name
    ]:
        store.read_services_again(renamed)
