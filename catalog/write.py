"""The bulk writer: what the sync found to have changed goes into the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.utils import timezone

from catalog.content_hash import price_hash
from catalog.diff import CURRENCY, ServiceChange
from catalog.models import PricingInfo, PricingTier, PricingUpdate, Service, Sku
from catalog.records import PricingRecord, ServiceRecord, SkuRecord

Item = TypeVar("Item")

# Bounds the memory of a write, and an IN list to what every SQLite takes.
CHUNK = 500

_SKU_UPDATES = [
    "service",
    "display_name",
    "description",
    "category_json",
    "resource_family",
    "resource_group",
    "usage_type",
    "geo_taxonomy_type",
    "geo_taxonomy_regions",
    "service_regions",
    "service_provider_name",
    "content_hash",
    "last_seen_update",
    "retired_at",
    "updated_at",
]


def write_services(services: Iterable[ServiceRecord]) -> None:
    """Insert new services and update those whose name changed."""
    held = {
        (service.service_id, service.display_name, service.business_entity_name)
        for service in Service.objects.all()
    }
    now = timezone.now()
    changed = [
        Service(
            service_id=service.service_id,
            display_name=service.display_name,
            business_entity_name=service.business_entity_name,
            created_at=now,
            updated_at=now,
        )
        for service in services
        if (service.service_id, service.display_name, service.business_entity_name) not in held
    ]
    Service.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["service_id"],
        update_fields=["display_name", "business_entity_name", "updated_at"],
    )


def write_change(change: ServiceChange, update: PricingUpdate) -> None:
    """Write one service's changes; the caller holds the transaction.

    Args:
        change: what to write.
        update: the sync run that found it.
    """
    now = timezone.now()
    for chunk in _chunks(change.changed.values()):
        _write_skus(chunk, update, now)
        _write_prices([sku for sku, _ in chunk], now)
    for sku_ids in _chunks(change.retired):
        Sku.objects.filter(sku_id__in=sku_ids).update(retired_at=now, updated_at=now)


def _write_skus(skus: Sequence[tuple[SkuRecord, str]], update: PricingUpdate, now: datetime) -> None:
    Sku.objects.bulk_create(
        [_sku_row(sku, content_hash, update, now) for sku, content_hash in skus],
        update_conflicts=True,
        unique_fields=["sku_id"],
        update_fields=_SKU_UPDATES,
    )


def _sku_row(sku: SkuRecord, content_hash: str, update: PricingUpdate, now: datetime) -> Sku:
    return Sku(
        sku_id=sku.sku_id,
        service_id=sku.service_id,
        display_name=sku.display_name,
        description=sku.description,
        category_json=sku.category,
        resource_family=sku.resource_family,
        resource_group=sku.resource_group,
        usage_type=sku.usage_type,
        geo_taxonomy_type=sku.geo_taxonomy_type,
        geo_taxonomy_regions=list(sku.geo_taxonomy_regions),
        service_regions=list(sku.service_regions),
        service_provider_name=sku.service_provider_name,
        content_hash=content_hash,
        last_seen_update=update,
        created_at=now,
        updated_at=now,
    )


def _write_prices(skus: Sequence[SkuRecord], now: datetime) -> None:
    latest = PricingInfo.objects.latest_hashes(sku.sku_id for sku in skus)
    news = [
        (_price_row(sku.sku_id, price, content_hash, now), price)
        for sku in skus
        for price, content_hash in _new_prices(sku.pricing, latest.get(sku.sku_id), now)
    ]
    PricingInfo.objects.bulk_create([row for row, _ in news])
    PricingTier.objects.bulk_create(
        PricingTier(
            pricing_info=row,
            start_usage_amount=float(tier.start_usage_amount),
            price_units=tier.units,
            price_nanos=tier.nanos,
            created_at=now,
        )
        for row, price in news
        for tier in price.tiers
    )


def _price_row(sku_id: str, price: PricingRecord, content_hash: str, now: datetime) -> PricingInfo:
    return PricingInfo(
        sku_id=sku_id,
        effective_time=price.effective_time,
        summary=price.summary,
        currency_code=price.currency_code,
        pricing_expression_json=price.expression,
        aggregation_json=price.aggregation,
        content_hash=content_hash,
        created_at=now,
    )


def _new_prices(
    pricing: Sequence[PricingRecord], latest: str | None, now: datetime
) -> list[tuple[PricingRecord, str]]:
    """The prices, oldest first, that a SKU took on after the one whose hash is `latest`."""
    if latest and not pricing:
        # A price that was withdrawn must not be quoted on: an empty one takes its place.
        pricing = [PricingRecord(now, "", CURRENCY, {}, None, ())]
    hashed = [(price, price_hash(price)) for price in pricing]
    news: list[tuple[PricingRecord, str]] = []
    current = latest
    for price, content_hash in hashed:
        if content_hash == latest:
            news.clear()
        elif content_hash != current:
            news.append((price, content_hash))
        current = content_hash
    return news


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
