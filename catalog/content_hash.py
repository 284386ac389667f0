"""Hashes that tell whether a SKU or its price is still what the tables hold.

effective_time is left out: the API moves it at every call (docs/architecture.md). A zero that the
wire spells out is the same as one that it leaves out, and 1.0 the same as 1, so that the API and a
recorded copy of it agree.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from typing import Any

from catalog.records import PricingRecord, SkuRecord

_ZEROES: tuple[Any, ...] = (None, "", "0", 0, [], {})
_SKU_FIELDS = tuple(field.name for field in fields(SkuRecord) if field.name != "pricing")


def sku_hash(sku: SkuRecord) -> str:
    """The hash of all that a SKU says, its prices included."""
    content = {name: getattr(sku, name) for name in _SKU_FIELDS}
    return _digest([content, [price_hash(price) for price in sku.pricing]])


def price_hash(price: PricingRecord) -> str:
    """The hash of a price: tiers, units, aggregation, currency and summary."""
    terms = {name: value for name, value in price.expression.items() if name != "tieredRates"}
    rates = sorted(price.expression.get("tieredRates", ()), key=_start)
    return _digest([terms, rates, price.aggregation, price.currency_code, price.summary])


def _start(rate: dict[str, Any]) -> float:
    start: float = rate.get("startUsageAmount", 0)
    return start


def _digest(value: Any) -> str:
    text = json.dumps(_canonical(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        canonical = {key: _canonical(item) for key, item in value.items()}
        return {key: item for key, item in canonical.items() if item not in _ZEROES}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
