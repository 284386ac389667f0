"""Converts table rows back to the API's JSON, to prove that the sync lost nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from catalog.models import PricingInfo, Sku
from tests.catalog.wire import Wire


def to_wire(sku: Sku) -> Wire:
    """The SKU's row, its price rows and their tiers as an entry of skus.list."""
    wire = {
        "name": f"services/{sku.service_id}/skus/{sku.sku_id}",
        "skuId": sku.sku_id,
        "description": sku.display_name,
        "category": sku.category_json,
        "serviceRegions": sku.service_regions,
        "serviceProviderName": sku.service_provider_name,
        "pricingInfo": [_price(price) for price in sku.pricing.all()],
    }
    if sku.geo_taxonomy_type is not None:
        wire["geoTaxonomy"] = {"type": sku.geo_taxonomy_type, "regions": sku.geo_taxonomy_regions}
    return wire


def _price(price: PricingInfo) -> Wire:
    wire: Wire = {
        "summary": price.summary,
        "pricingExpression": (price.pricing_expression_json or {}) | {"tieredRates": _rates(price)},
        "currencyConversionRate": 1,
        "effectiveTime": price.effective_time,
    }
    if price.aggregation_json is not None:
        wire["aggregationInfo"] = price.aggregation_json
    return wire


def _rates(price: PricingInfo) -> list[Wire]:
    """From the tier rows, which prices are computed from, not from the JSON beside them."""
    return [
        {
            "startUsageAmount": tier.start_usage_amount,
            "unitPrice": {
                "currencyCode": price.currency_code,
                "units": tier.price_units,
                "nanos": tier.price_nanos,
            },
        }
        for tier in price.tiers.all()
    ]


def comparable(wire: Wire) -> Wire:
    """The entry in the form of `to_wire`: with parsed times."""
    prices: list[Any] = [
        price | {"effectiveTime": datetime.fromisoformat(price["effectiveTime"])}
        for price in wire["pricingInfo"]
    ]
    return wire | {"pricingInfo": prices}
