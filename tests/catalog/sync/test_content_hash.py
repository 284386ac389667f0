from __future__ import annotations

from typing import Any

import pytest

from catalog.providers.google_cloud.parse import parse_sku
from catalog.sync.content_hash import price_hash, sku_hash
from tests.catalog.wire import COMPUTE, Wire, wire_price, wire_rate, wire_sku


def hash_of(*prices: Wire, **fields: Any) -> str:
    return sku_hash(parse_sku(wire_sku("A", *prices, **fields), COMPUTE))


def price_hash_of(price: Wire) -> str:
    return price_hash(parse_sku(wire_sku("A", price), COMPUTE).pricing[0])


def test_hashes_equal_those_stored_by_earlier_versions() -> None:
    price = wire_price(wire_rate("0", 0), wire_rate("1", 5, start=100.5))
    price["pricingExpression"]["baseUnitConversionFactor"] = 2875910101401600.0
    price["aggregationInfo"] = {
        "aggregationLevel": "ACCOUNT",
        "aggregationInterval": "MONTHLY",
        "aggregationCount": 1,
    }

    assert price_hash_of(price) == "1512eee7fa1a41a5fcc641b1c8a959b7"
    assert price_hash_of(wire_price()) == "55257741a65fbc2ca0fdc5c4c3c08e70"
    assert hash_of(price, wire_price()) == "7404b2a0941a05ef8007f10d121a4ae0"


def test_the_effective_time_does_not_change_the_hash() -> None:
    assert hash_of(wire_price(effective="2025-01-01T00:00:00Z")) == hash_of(
        wire_price(effective="2025-01-02T00:00:00Z")
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "N2 Core"},
        {"category": {}},
        {"serviceRegions": ["europe-west4"]},
        {"geoTaxonomy": {"type": "GLOBAL"}},
        {"serviceProviderName": "Other"},
        {"pricingInfo": []},
    ],
)
def test_every_other_field_of_a_sku_changes_its_hash(fields: dict[str, Any]) -> None:
    assert hash_of(**fields) != hash_of()


@pytest.mark.parametrize(
    "change",
    [
        {"pricingExpression": wire_price(wire_rate(nanos=1))["pricingExpression"]},
        {"pricingExpression": wire_price()["pricingExpression"] | {"baseUnitConversionFactor": 60}},
        {"aggregationInfo": {"aggregationLevel": "ACCOUNT"}},
        {"summary": "Now cheaper"},
    ],
)
def test_every_part_of_a_price_changes_its_hash(change: Wire) -> None:
    assert price_hash_of(wire_price() | change) != price_hash_of(wire_price())


def test_an_explicit_zero_hashes_like_a_missing_one() -> None:
    bare = {"unitPrice": {"currencyCode": "USD", "nanos": 5}}
    full = {"startUsageAmount": 0.0, "unitPrice": {"currencyCode": "USD", "units": "0", "nanos": 5}}

    assert price_hash_of(wire_price(bare)) == price_hash_of(wire_price(full) | {"aggregationInfo": None})


def test_the_order_of_tiers_does_not_change_the_hash() -> None:
    first, second = wire_rate(start=0), wire_rate(start=10.0, nanos=7)

    assert price_hash_of(wire_price(first, second)) == price_hash_of(wire_price(second, first))
