"""The backfill: adds past prices that the tables lack, from a source with price history.

Rows are only ever added. The rows behind an earlier answer stay, so that it can be repeated
(docs/data-model.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter

from django.utils import timezone

from catalog.errors import SourceError, SyncRefusedError
from catalog.models import PricingInfo, PricingUpdate, Sku
from catalog.providers.records import CURRENCY, MalformedSku, SkuRecord
from catalog.providers.source import Entry, HistorySource, Source
from catalog.sync import lease
from catalog.sync.diff import ServiceChange
from catalog.sync.price_history import NewPrice, StoredPrice, missing_past_prices
from catalog.sync.report import SyncResult
from catalog.sync.run import Progress, no_progress, recorded
from catalog.sync.scope import Scope
from catalog.sync.signals import deferred_interrupts
from catalog.sync.staging import Stage
from catalog.sync.writer import CHUNK


def backfill(
    source: Source, scope: Scope, since: datetime, until: datetime, *, progress: Progress = no_progress
) -> SyncResult:
    """Add past prices to the SKUs in the tables.

    Args:
        source: where to read from.
        scope: the services to backfill.
        since: the start of the period.
        until: its end, now at the latest.
        progress: as for catalog.sync.run.sync.

    Raises:
        SyncRefusedError: another run is in progress, the source has no price history, or the tables do not
            contain a real price list.
        SourceError: nothing could be read; nothing has changed.
    """
    if not isinstance(source, HistorySource):
        raise SyncRefusedError("Only Google Cloud's API has past prices. Use --source api --provider gcp.")
    if not Sku.objects.exists() or Sku.objects.from_sample().exists():
        raise SyncRefusedError("Past prices can only be added to a real price list. Sync one first.")
    with recorded(source, scope.task) as result:
        services = scope.choose(source.services())
        lists = source.past_sku_lists(
            [service.service_id for service in services], since, min(until, timezone.now())
        )
        writer = _PastWriter(result.update)
        for service, skus in zip(services, lists, strict=True):
            try:
                result.count(service, writer.write(service.service_id, _shown(skus, progress)))
            except SourceError as error:
                writer.drop()
                result.fail(service, str(error))
        if services and len(result.failures) == len(services):
            raise SourceError(f"No past prices could be read. {result.problems()[0]}")
    return result


def _shown(skus: Iterable[Entry], progress: Progress) -> Iterator[Entry]:
    for sku in skus:
        yield sku
        progress()


class _PastWriter:
    """Finds and writes the missing prices, one service at a time."""

    def __init__(self, update: PricingUpdate) -> None:
        self._update = update
        self._stage = Stage(update)
        self._sku_ids = set(Sku.objects.values_list("pk", flat=True))
        self._added: dict[str, list[StoredPrice]] = {}

    def write(self, service_id: str, skus: Iterable[Entry]) -> ServiceChange:
        change = ServiceChange(service_id)
        stored = iter(self._only_stored(skus, change))
        while chunk := list(islice(stored, CHUNK)):
            self._put(chunk)
        change.check_malformed()
        self._move()
        change.changed = list(self._added)
        self._added = {}
        return change

    @deferred_interrupts()
    def drop(self) -> None:
        """Discard the prices found in a service that could not be read to the end."""
        self._stage.clear()
        self._added = {}

    @deferred_interrupts()
    def _put(self, skus: Sequence[SkuRecord]) -> None:
        lease.renew(self._update)
        timelines = PricingInfo.objects.timelines(sku.sku_id for sku in skus)
        prices = [
            (sku.sku_id, new)
            for sku in skus
            for new in self._missing(sku, [StoredPrice(*row) for row in timelines.get(sku.sku_id, ())])
        ]
        self._stage.put(prices=prices)

    @deferred_interrupts()
    def _move(self) -> None:
        if self._added:
            with lease.writing(self._update):
                self._stage.move(timezone.now())

    def _only_stored(self, skus: Iterable[Entry], change: ServiceChange) -> Iterator[SkuRecord]:
        for sku in skus:
            if isinstance(sku, MalformedSku):
                change.malformed.append(sku)
            elif any(price.currency_code != CURRENCY for price in sku.pricing):
                change.skipped += 1
            elif sku.sku_id in self._sku_ids:
                change.listed += 1
                change.prices += len(sku.pricing)
                yield sku

    def _missing(self, sku: SkuRecord, timeline: list[StoredPrice]) -> list[NewPrice]:
        added = self._added.get(sku.sku_id, [])
        changes = missing_past_prices(sorted([*timeline, *added], key=attrgetter("began")), sku.pricing)
        if changes:
            rows = [StoredPrice(new.price.effective_time, new.content_hash) for new in changes]
            self._added[sku.sku_id] = [*added, *rows]
        return changes
