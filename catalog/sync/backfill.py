"""The past: prices that the tables lack between two moments, from a source that knows them.

Rows are only ever added. What was known when an answer was given stays known, so that the answer can be
repeated (docs/data-model.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter

from django.db import transaction
from django.utils import timezone

from catalog.errors import SourceError, SyncRefusedError
from catalog.models import PricingInfo, PricingUpdate, Sku
from catalog.providers.records import CURRENCY, SkuRecord
from catalog.providers.source import HistorySource, Source
from catalog.sync import lease
from catalog.sync.diff import ServiceChange
from catalog.sync.price_history import HeldPrice, NewPrice, completed
from catalog.sync.report import SyncResult
from catalog.sync.run import Progress, recorded
from catalog.sync.scope import Scope
from catalog.sync.signals import held
from catalog.sync.staging import Stage
from catalog.sync.writer import CHUNK


def backfill(
    source: Source, scope: Scope, since: datetime, until: datetime, *, progress: Progress = iter
) -> SyncResult:
    """Add the prices of the past to SKUs that the tables hold.

    Args:
        source: where to read from.
        scope: the services to complete.
        since: the beginning of the time to complete.
        until: its end, now at the latest.
        progress: as for catalog.sync.run.sync.

    Raises:
        SyncRefusedError: another run is going on, the source knows no past, or there is nothing to complete.
        SourceError: nothing could be read; nothing has changed.
    """
    if not isinstance(source, HistorySource):
        raise SyncRefusedError("Only the API knows prices of the past.")
    if not Sku.objects.exists() or Sku.objects.from_sample().exists():
        raise SyncRefusedError("The past is added to a real price list: sync one first.")
    with recorded(source.name, scope.task) as result:
        services = scope.choose(source.services())
        lists = source.past_sku_lists(
            [service.service_id for service in services], since, min(until, timezone.now())
        )
        completion = _Completion(result.update)
        for service, skus in zip(progress(services), lists, strict=True):
            try:
                result.count(completion.of_service(service.service_id, skus))
            except SourceError as error:
                completion.drop()
                result.fail(service.service_id, str(error))
        if services and len(result.failures) == len(services):
            raise SourceError(f"The past cannot be read. {next(iter(result.failures.values()))}")
    return result


class _Completion:
    """Finds and writes what the tables lack, a service at a time."""

    def __init__(self, update: PricingUpdate) -> None:
        self._update = update
        self._stage = Stage(update)
        self._sku_ids = set(Sku.objects.values_list("pk", flat=True))
        self._added: dict[str, list[HeldPrice]] = {}

    def of_service(self, service_id: str, skus: Iterable[SkuRecord]) -> ServiceChange:
        change = ServiceChange(service_id)
        known = iter(self._known(skus, change))
        while some := list(islice(known, CHUNK)):
            self._put(some)
        self._write()
        change.changed = list(self._added)
        self._added = {}
        return change

    @held()
    def drop(self) -> None:
        """Forget what was found in a service that could not be read to its end."""
        self._stage.clear()
        self._added = {}

    @held()
    def _put(self, skus: Sequence[SkuRecord]) -> None:
        lease.beat(self._update)
        timelines = PricingInfo.objects.timelines(sku.sku_id for sku in skus)
        prices = [
            (sku.sku_id, news)
            for sku in skus
            for news in self._missing(sku, [HeldPrice(*row) for row in timelines.get(sku.sku_id, ())])
        ]
        self._stage.put(prices=prices)

    @held()
    def _write(self) -> None:
        if self._added:
            with transaction.atomic():
                lease.beat(self._update)
                self._stage.move(timezone.now())

    def _known(self, skus: Iterable[SkuRecord], change: ServiceChange) -> Iterator[SkuRecord]:
        for sku in skus:
            if any(price.currency_code != CURRENCY for price in sku.pricing):
                change.skipped += 1
            elif sku.sku_id in self._sku_ids:
                change.listed += 1
                change.prices += len(sku.pricing)
                yield sku

    def _missing(self, sku: SkuRecord, timeline: list[HeldPrice]) -> list[NewPrice]:
        added = self._added.get(sku.sku_id, [])
        news = completed(sorted([*timeline, *added], key=attrgetter("began")), sku.pricing)
        if news:
            rows = [HeldPrice(new.price.effective_time, new.content_hash) for new in news]
            self._added[sku.sku_id] = [*added, *rows]
        return news
