"""Parses JSON of the Cloud Billing Catalog API (services.list, skus.list) into records.

Zero and empty fields may be missing, and int64 comes as a string (protobuf's JSON mapping).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from catalog.errors import ParseError
from catalog.providers.google_cloud.describe import describe
from catalog.providers.records import MalformedSku, PricingRecord, ServiceRecord, SkuRecord, TierRecord

NANOS_PER_UNIT = 10**9


class _ValueError(ValueError):
    """What is wrong with an entry, in words for people."""


_MALFORMED = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


def parse_service(wire: Mapping[str, Any]) -> ServiceRecord:
    """Parse one entry of services.list.

    Raises:
        ParseError: the entry has no id or no name.
    """
    try:
        return ServiceRecord(
            service_id=_text(wire["serviceId"]),
            display_name=_text(wire["displayName"]),
            business_entity_name=_text(wire.get("businessEntityName", "")),
        )
    except _MALFORMED as error:
        raise ParseError(f"Service {_name(wire)}: {_reason(error)}.") from error


def read_sku(wire: Mapping[str, Any], service_id: str) -> SkuRecord | MalformedSku:
    """As parse_sku, but an entry that cannot be parsed is returned as a MalformedSku."""
    try:
        return parse_sku(wire, service_id)
    except ParseError as error:
        sku_id = wire.get("skuId") if isinstance(wire, Mapping) else None
        return MalformedSku(sku_id if isinstance(sku_id, str) else "", str(error))


def parse_sku(wire: Mapping[str, Any], service_id: str) -> SkuRecord:
    """Parse one entry of skus.list.

    Args:
        wire: the entry.
        service_id: the service whose list it is in.

    Raises:
        ParseError: the entry is malformed, or its price ambiguous.
    """
    try:
        return _sku(wire, service_id)
    except _MALFORMED as error:
        raise ParseError(f"SKU {_name(wire)}: {_reason(error)}.") from error


def _sku(wire: Mapping[str, Any], service_id: str) -> SkuRecord:
    category = wire.get("category", {})
    taxonomy = wire.get("geoTaxonomy") or {}
    regions = tuple(wire.get("serviceRegions", ()))
    pricing = tuple(_pricing(entry) for entry in wire.get("pricingInfo", ()))
    return SkuRecord(
        sku_id=_text(wire["skuId"]),
        service_id=service_id,
        display_name=_text(wire.get("description", "")),
        description=describe(category, _unit(pricing), regions),
        category=category,
        resource_family=category.get("resourceFamily", ""),
        resource_group=category.get("resourceGroup", ""),
        usage_type=category.get("usageType", ""),
        service_regions=regions,
        geo_taxonomy_type=taxonomy.get("type"),
        geo_taxonomy_regions=tuple(taxonomy.get("regions", ())),
        service_provider_name=wire.get("serviceProviderName", ""),
        pricing=pricing,
    )


def _pricing(wire: Mapping[str, Any]) -> PricingRecord:
    expression = wire.get("pricingExpression", {})
    rates = expression.get("tieredRates", ())
    level, interval, count = _aggregation(wire.get("aggregationInfo"))
    return PricingRecord(
        effective_time=_time(wire.get("effectiveTime")),
        summary=wire.get("summary", ""),
        currency_code=_currency(rates),
        expression=expression,
        aggregation=wire.get("aggregationInfo"),
        tiers=tuple(sorted(map(_tier, rates), key=operator.attrgetter("start_usage_amount"))),
        usage_unit=_text(expression.get("usageUnit") or ""),
        usage_unit_description=_text(expression.get("usageUnitDescription") or ""),
        base_unit=_text(expression.get("baseUnit") or ""),
        base_unit_description=_text(expression.get("baseUnitDescription") or ""),
        base_unit_conversion_factor=_decimal(expression.get("baseUnitConversionFactor") or 1),
        display_quantity=_decimal(expression.get("displayQuantity", 1)),
        aggregation_level=level,
        aggregation_interval=interval,
        aggregation_count=count,
    )


def _aggregation(wire: Mapping[str, Any] | None) -> tuple[str, str, int] | tuple[None, None, None]:
    """Level, interval and count of an AggregationInfo; the count defaults to one interval."""
    if not wire:
        return None, None, None
    level, interval = wire.get("aggregationLevel") or "", wire.get("aggregationInterval") or ""
    return _text(level), _text(interval), int(wire.get("aggregationCount") or 1)


def _tier(wire: Mapping[str, Any]) -> TierRecord:
    price = wire.get("unitPrice", {})
    nanos = _integer(price.get("nanos", 0))
    if abs(nanos) >= NANOS_PER_UNIT:
        raise _ValueError(f"nanos must be under 10^9, not {nanos}")
    return TierRecord(
        start_usage_amount=_decimal(wire.get("startUsageAmount", 0)),
        units=str(_integer(price.get("units", 0))),
        nanos=nanos,
    )


def _currency(rates: Sequence[Mapping[str, Any]]) -> str:
    codes = {rate.get("unitPrice", {}).get("currencyCode") or "USD" for rate in rates} or {"USD"}
    if len(codes) > 1:
        raise _ValueError(f"tiers in several currencies: {', '.join(sorted(codes))}")
    return _text(codes.pop())


def _unit(pricing: Sequence[PricingRecord]) -> str:
    return pricing[-1].usage_unit_description or pricing[-1].usage_unit if pricing else ""


def _time(wire: str | None) -> datetime | None:
    if not wire:
        return None
    # fromisoformat truncates nanoseconds to microseconds.
    time = datetime.fromisoformat(wire)
    if time.tzinfo is None:
        raise _ValueError(f"time {wire} has no zone")
    return time.astimezone(UTC)


def _decimal(double: float) -> Decimal:
    if not math.isfinite(double):
        raise _ValueError(f"amount {double} is not finite")
    # repr() of a double is its shortest decimal: 2.8759101014016e+15 is exact.
    return Decimal(repr(double))


def _integer(wire: str | int) -> int:
    return int(wire) if isinstance(wire, str) else operator.index(wire)


def _text(wire: Any) -> str:
    if not isinstance(wire, str):
        raise _ValueError(f"{wire!r} is not text")
    return wire


def _reason(error: Exception) -> str:
    """What is wrong with an entry, without Python's own vocabulary."""
    if isinstance(error, _ValueError):
        return str(error)
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return f"its form is not that of the API ({error})"


def _name(wire: Any) -> str:
    if not isinstance(wire, Mapping):
        return repr(wire)
    return str(wire.get("skuId") or wire.get("serviceId") or wire.get("name") or wire.get("description"))
