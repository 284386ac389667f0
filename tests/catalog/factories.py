"""Rows of the catalog's tables for tests: each builder fills in the fields that a test leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.utils import timezone

from catalog.models import PricingInfo, PricingTier, PricingUpdate, Service, Sku
from catalog.offers import store
from catalog.offers.named_sku import NamedSku

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)

# Written in five digits: a test may sort by names.
_numbers = count(1)


def make_service(**fields: Any) -> Service:
    number = next(_numbers)
    return Service.objects.create(
        **{
            "service_id": f"5E1C-0000-{number:04X}",
            "display_name": f"Service {number:05}",
            "synced_at": timezone.now(),
        }
        | fields
    )


def make_sku(**fields: Any) -> Sku:
    """A SKU sold on demand in Frankfurt, without a price; what it is, is read as in a sync."""
    number = next(_numbers)
    region = "europe-west3"
    defaults: dict[str, Any] = {
        "sku_id": f"0A0A-0000-{number:04X}",
        "display_name": f"SKU {number:05}",
        "category_json": {},
        "resource_family": "Compute",
        "resource_group": "CPU",
        "usage_type": "OnDemand",
        "geo_taxonomy_type": "REGIONAL",
        "geo_taxonomy_regions": [region],
        "service_regions": [region],
        "service_provider_name": "Google",
    }
    if "service" not in fields and "service_id" not in fields:
        defaults["service"] = make_service()
    sku = Sku.objects.create(**defaults | fields)
    texts = (sku.display_name, sku.resource_family, sku.resource_group, sku.usage_type)
    named = NamedSku(sku.service.display_name, *(text or "" for text in texts))
    store.write([store.row_of(sku.pk, sku.service_id, named)])
    return sku


def make_price(
    sku: Sku, tiers: Sequence[tuple[float, str, int]] = ((0, "0", 31_611_000),), **fields: Any
) -> PricingInfo:
    """An hourly price; each tier is (start_usage_amount, units, nanos)."""
    defaults: dict[str, Any] = {
        "effective_time": NOON,
        "summary": "",
        "created_at": NOON,
        "usage_unit": "h",
        "usage_unit_description": "hour",
        "base_unit": "s",
        "base_unit_description": "second",
        "base_unit_conversion_factor": "3600",
    }
    price = PricingInfo.objects.create(sku=sku, **defaults | fields)
    PricingTier.objects.bulk_create(
        PricingTier(pricing_info=price, start_usage_amount=start, price_units=units, price_nanos=nanos)
        for start, units, nanos in tiers
    )
    return price


def make_update(**fields: Any) -> PricingUpdate:
    """A sync run that completed."""
    defaults: dict[str, Any] = {
        "started_at": NOON,
        "completed_at": NOON,
        "status": PricingUpdate.Status.COMPLETED,
        "source": "folder",
    }
    return PricingUpdate.objects.create(**defaults | fields)
