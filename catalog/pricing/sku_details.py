"""SKUs in full, with tiers, history and an example calculate call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalog.models import PricingTier, PricingUpdate, Sku
from catalog.pricing.answers import (
    AggregationRow,
    Example,
    ExampleItem,
    PriceChange,
    Pricing,
    SkuDetails,
    TierRow,
    UnknownName,
    utc_text,
)
from catalog.pricing.decimals import ROUNDED, plain
from catalog.pricing.freshness import read_at
from catalog.pricing.list_prices import Listing, ListPrice, Snapshot, look_up
from catalog.pricing.models import model_of, named
from catalog.pricing.price_rows import PriceTier
from catalog.pricing.sku_ids import nearest, normalize
from catalog.pricing.tiers import Aggregation
from catalog.pricing.units import HOURS_PER_MONTH

_PERCENT_PLACES = Decimal("0.0001")
_EXAMPLE_QUANTITY = "100"


@dataclass(frozen=True, slots=True)
class FoundSkus:
    """The SKUs in the order of their ids, the ids that are not found, and sentences about those unpriced."""

    skus: Sequence[SkuDetails]
    unknown: Sequence[UnknownName]
    hints: Sequence[str]


def sku_details(sku_ids: Sequence[str], snapshot: Snapshot, *, history: bool) -> FoundSkus:
    """Show SKUs in full.

    Args:
        sku_ids: SKU ids; dashes and capitals in Google's ids do not matter.
        snapshot: the time whose prices are shown.
        history: whether to list every price that each SKU has had.

    Returns:
        The SKUs, and the ids that are not in the catalog with similar ones that are. Prices are in USD per
        usage unit.
    """
    requested = {normalize(sku_id): sku_id for sku_id in sku_ids}
    listings = look_up(requested, snapshot)
    last_seen = _last_seen(listings.values(), snapshot.latest)
    candidates = nearest(sku_id for sku_id in requested if sku_id not in listings)
    unpriced = [sku_id for sku_id in requested if sku_id in listings and not listings[sku_id].list_price]
    return FoundSkus(
        [
            _sku_details(listings[sku_id], last_seen[sku_id], history=history)
            for sku_id in requested
            if sku_id in listings
        ],
        [{"sku_id": requested[sku_id], "candidates": found} for sku_id, found in candidates.items()],
        [f"{sku_id}: {listings[sku_id].why_unpriced(snapshot.at)}" for sku_id in unpriced],
    )


def _last_seen(listings: Collection[Listing], latest: PricingUpdate | None) -> dict[str, datetime | None]:
    """When each SKU was last seen: with its service, or if it is withdrawn by the last sync that wrote it."""
    seen = {listing.sku.pk: read_at(listing.sku.service, latest) for listing in listings}
    withdrawn = [listing.sku for listing in listings if listing.sku.retired_at is not None]
    if withdrawn:
        updates = PricingUpdate.objects.in_bulk(sku.last_seen_update_id for sku in withdrawn)
        found = {sku.pk: updates.get(sku.last_seen_update_id) for sku in withdrawn}
        seen |= {sku_id: update.completed_at if update else None for sku_id, update in found.items()}
    return seen


def _sku_details(listing: Listing, seen: datetime | None, *, history: bool) -> SkuDetails:
    sku, list_price = listing.sku, listing.list_price
    model = model_of(named(sku))
    details: SkuDetails = {
        "sku_id": sku.sku_id,
        "display_name": sku.display_name,
        "description": sku.description,
        "service_id": sku.service_id,
        "service": sku.service.display_name,
        "provider": sku.provider,
        "service_provider_name": sku.service_provider_name,
        "category": sku.category_json,
        "resource_family": sku.resource_family,
        "resource_group": sku.resource_group,
        "usage_type": sku.usage_type,
        "service_regions": sku.service_regions,
        "geo_taxonomy_type": sku.geo_taxonomy_type,
        "geo_taxonomy_regions": sku.geo_taxonomy_regions,
        "pricing": pricing(list_price) if list_price else None,
        "history": _history(listing.history) if history else None,
        "first_synced_at": utc_text(sku.created_at),
        "last_seen_at": utc_text(seen) if seen else None,
        "retired_at": utc_text(sku.retired_at) if sku.retired_at else None,
        "example": _example(sku, list_price) if list_price else None,
    }
    if model:
        details["model"] = model
    return details


def pricing(list_price: ListPrice) -> Pricing:
    """Format a list price in full.

    Args:
        list_price: a price with tiers, in USD per usage unit.

    Returns:
        The `pricing` object of the tool contract.
    """
    info, unit = list_price.info, list_price.usage_unit
    return {
        "pricing_info_id": info.pk,
        "effective_time": utc_text(info.effective_time) if info.effective_time else None,
        "summary": info.summary or "",
        "usage_unit": unit.code,
        "usage_unit_description": unit.description,
        "base_unit": unit.base_unit,
        "base_unit_description": info.base_unit_description,
        "base_unit_conversion_factor": plain(unit.factor),
        "display_quantity": plain(Decimal(info.display_quantity)),
        "aggregation": None if info.aggregation_level is None else _aggregation(list_price.price.aggregation),
        "tiers": _tiers(list_price.tiers, info.currency_code),
    }


def _aggregation(aggregation: Aggregation) -> AggregationRow:
    return {"level": aggregation.level, "interval": aggregation.interval, "count": aggregation.count}


def _tiers(tiers: Sequence[PricingTier | PriceTier], currency: str) -> list[TierRow]:
    return [
        {
            "start_usage_amount": plain(tier.start),
            "end_usage_amount": plain(following.start) if following else None,
            "unit_price": {
                "amount": plain(tier.unit_price),
                "units": tier.price_units,
                "nanos": tier.price_nanos,
                "currency": currency,
            },
        }
        for tier, following in zip(tiers, [*tiers[1:], None], strict=False)
    ]


def _example(sku: Sku, list_price: ListPrice) -> Example:
    """A calculate call ready to send: 730 hours of an hourly SKU, or 100 units of any other."""
    unit = list_price.usage_unit
    item: ExampleItem = {
        "sku_id": sku.sku_id,
        "quantity": str(HOURS_PER_MONTH) if unit.is_hourly else _EXAMPLE_QUANTITY,
        "unit": unit.code,
    }
    if sku.service_regions:
        item["region"] = sku.service_regions[0]
    return {"items": [item]}


def _history(prices: Sequence[ListPrice]) -> list[PriceChange]:
    return [_price_change(price, before) for price, before in zip(prices, [*prices[1:], None], strict=False)]


def _price_change(price: ListPrice, before: ListPrice | None) -> PriceChange:
    info = price.info
    return {
        "pricing_info_id": info.pk,
        "effective_time": utc_text(info.effective_time) if info.effective_time else None,
        "recorded_at": utc_text(info.created_at),
        "usage_unit": price.usage_unit.code,
        "tiers": _tiers(price.tiers, info.currency_code),
        "change_percent": _change_percent(price, before) if before else None,
    }


def _change_percent(price: ListPrice, before: ListPrice) -> str | None:
    """The change in the price of the first paid tier, or None if the two cannot be compared."""
    old, new = before.first_paid, price.first_paid
    if not old or price.usage_unit != before.usage_unit:
        return None
    return plain(ROUNDED.divide((new - old) * 100, abs(old)).quantize(_PERCENT_PLACES, context=ROUNDED))
