"""Content hashes, by which a sync sees whether a SKU or a price has changed.

effective_time is left out: the API moves it at every call (docs/data-model.md). An explicit zero hashes
like a missing one, and 1.0 like 1, so that the API and a recorded copy of it agree.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from operator import attrgetter
from typing import Any

from catalog.providers.records import PricingRecord, SkuRecord

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
# Text and tuples of text, which need no canonical form.
_FACTS = attrgetter(*(field.name for field in fields(SkuRecord) if field.name not in ("category", "pricing")))


def sku_hash(sku: SkuRecord) -> str:
    """The hash of a SKU's whole content, its prices included."""
    prices = [_price_content(price) for price in sku.pricing]
    return _digest([_FACTS(sku), _canonical(sku.category), prices])


def price_hash(price: PricingRecord) -> str:
    """The hash of a price: tiers, units, aggregation, currency and summary."""
    return _digest(_price_content(price))


def _price_content(price: PricingRecord) -> list[Any]:
    expression = _canonical(price.expression)
    rates = sorted(expression.pop("tieredRates", ()), key=_start)
    return [expression, rates, _canonical(price.aggregation), price.currency_code, price.summary]


def _start(rate: dict[str, Any]) -> float:
    start: float = rate.get("startUsageAmount", 0)
    return start


def _digest(value: Any) -> str:
    return hashlib.blake2b(_ENCODER.encode(value).encode(), digest_size=16).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: canonical
            for key, item in value.items()
            if (canonical := item if isinstance(item, str) else _canonical(item)) and canonical != "0"
        }
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
