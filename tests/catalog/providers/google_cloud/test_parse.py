from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import ParseError
from catalog.providers.google_cloud.parse import parse_service, parse_sku, read_sku
from catalog.providers.records import MalformedSku, ServiceRecord, TierRecord
from tests.catalog.wire import COMPUTE, wire_price, wire_rate, wire_service, wire_sku


def test_a_service_is_read_with_its_business_entity() -> None:
    assert parse_service(wire_service()) == ServiceRecord(COMPUTE, "Compute Engine", "businessEntities/GCP")


def test_all_fields_of_a_sku_are_read() -> None:
    sku = parse_sku(wire_sku(), COMPUTE)

    assert (sku.sku_id, sku.service_id) == ("A07E-99DC-F4F3", COMPUTE)
    assert sku.display_name == "N2 Instance Core running in Frankfurt"
    assert sku.description == "Compute Engine CPU, on demand, per hour, Frankfurt (europe-west3)"
    assert (sku.resource_family, sku.resource_group, sku.usage_type) == ("Compute", "CPU", "OnDemand")
    assert sku.service_regions == ("europe-west3",)
    assert (sku.geo_taxonomy_type, sku.geo_taxonomy_regions) == ("REGIONAL", ("europe-west3",))
    assert sku.service_provider_name == "Google"
    [price] = sku.pricing
    assert price.effective_time == datetime(2023, 10, 30, tzinfo=UTC)
    assert price.currency_code == "USD"
    assert price.tiers == (TierRecord(Decimal(0), "0", 40_730_000),)
    assert price.aggregation is None
    assert (price.usage_unit, price.usage_unit_description) == ("h", "hour")
    assert (price.base_unit, price.base_unit_description) == ("s", "second")
    assert price.base_unit_conversion_factor == 3600
    assert price.display_quantity == 1
    assert (price.aggregation_level, price.aggregation_interval, price.aggregation_count) == (None,) * 3


def test_a_conversion_factor_is_read_without_a_float_error() -> None:
    wire = wire_price()
    wire["pricingExpression"] |= {"baseUnitConversionFactor": 2.8759101014016e15, "displayQuantity": 0.1}

    [price] = parse_sku(wire_sku("A", wire), COMPUTE).pricing

    assert price.base_unit_conversion_factor == 2**30 * 31 * 86_400
    assert price.display_quantity == Decimal("0.1")


@pytest.mark.parametrize("expression", [{}, {"baseUnitConversionFactor": 0}, {"usageUnit": None}])
def test_a_missing_unit_gets_the_defaults(expression: dict[str, Any]) -> None:
    [price] = parse_sku(wire_sku("A", {"pricingExpression": expression}), COMPUTE).pricing

    assert (price.usage_unit, price.base_unit) == ("", "")
    assert price.base_unit_conversion_factor == price.display_quantity == 1


@pytest.mark.parametrize(
    ("wire", "aggregation"),
    [
        (
            {"aggregationLevel": "ACCOUNT", "aggregationInterval": "DAILY", "aggregationCount": 5},
            ("ACCOUNT", "DAILY", 5),
        ),
        ({"aggregationLevel": "PROJECT"}, ("PROJECT", "", 1)),
        ({"aggregationLevel": "PROJECT", "aggregationCount": 0}, ("PROJECT", "", 1)),
        ({}, (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_the_count_of_an_aggregation_defaults_to_one_interval(
    wire: dict[str, Any] | None, aggregation: tuple[Any, ...]
) -> None:
    [price] = parse_sku(wire_sku("A", wire_price() | {"aggregationInfo": wire}), COMPUTE).pricing

    assert (price.aggregation_level, price.aggregation_interval, price.aggregation_count) == aggregation


@pytest.mark.parametrize(
    "fields",
    [
        {"usageUnit": 7},
        {"baseUnitConversionFactor": "3600"},
        {"baseUnitConversionFactor": float("nan")},
        {"displayQuantity": True},
    ],
)
def test_a_malformed_unit_is_refused(fields: dict[str, Any]) -> None:
    wire = wire_price()
    wire["pricingExpression"] |= fields

    with pytest.raises(ParseError, match="SKU A: "):
        parse_sku(wire_sku("A", wire), COMPUTE)


def test_missing_numbers_are_zero() -> None:
    price = wire_price({"unitPrice": {"currencyCode": "USD"}})

    [tier] = parse_sku(wire_sku("A", price), COMPUTE).pricing[0].tiers

    assert tier == TierRecord(Decimal(0), "0", 0)


def test_a_price_without_a_time_has_no_effective_time() -> None:
    assert parse_sku(wire_sku("A", wire_price(effective="")), COMPUTE).pricing[0].effective_time is None


def test_a_sku_with_only_an_id_has_no_price_and_no_region() -> None:
    sku = parse_sku({"skuId": "A"}, COMPUTE)

    assert sku.pricing == ()
    assert sku.geo_taxonomy_type is None
    assert sku.service_regions == ()


def test_fields_that_google_adds_later_are_kept() -> None:
    wire = wire_sku(category={"resourceFamily": "Compute", "carbon": "low"})
    wire["pricingInfo"][0]["pricingExpression"]["rounding"] = "UP"
    wire["pricingInfo"][0]["aggregationInfo"] = {"aggregationLevel": "ACCOUNT", "grace": 1}

    sku = parse_sku(wire, COMPUTE)

    assert sku.category["carbon"] == "low"
    assert sku.pricing[0].expression["rounding"] == "UP"
    assert sku.pricing[0].aggregation == {"aggregationLevel": "ACCOUNT", "grace": 1}


def test_tiers_are_sorted_by_their_start() -> None:
    price = wire_price(wire_rate(start=1024), wire_rate(start=0), wire_rate(start=0.1))

    tiers = parse_sku(wire_sku("A", price), COMPUTE).pricing[0].tiers

    assert [tier.start_usage_amount for tier in tiers] == [0, Decimal("0.1"), 1024]


@pytest.mark.parametrize(
    ("wire", "microsecond"),
    [
        ("2025-08-08T16:53:11Z", 0),
        ("2025-08-08T16:53:11.488Z", 488_000),
        ("2025-08-08T16:53:11.488321987Z", 488_321),
    ],
)
def test_a_fraction_of_a_second_is_kept_to_the_microsecond(wire: str, microsecond: int) -> None:
    [price] = parse_sku(wire_sku("A", wire_price(effective=wire)), COMPUTE).pricing

    assert price.effective_time == datetime(2025, 8, 8, 16, 53, 11, microsecond, tzinfo=UTC)


def test_a_negative_rate_keeps_its_sign() -> None:
    [tier] = parse_sku(wire_sku("A", wire_price(wire_rate("-1", -500_000_000))), COMPUTE).pricing[0].tiers

    assert (tier.units, tier.nanos) == ("-1", -500_000_000)


def test_a_price_keeps_its_currency() -> None:
    [price] = parse_sku(wire_sku("A", wire_price(wire_rate(currency="EUR"))), COMPUTE).pricing

    assert price.currency_code == "EUR"


@pytest.mark.parametrize(
    "rates",
    [
        [wire_rate(nanos=1_000_000_000)],
        [wire_rate(units="1.5")],
        [wire_rate(nanos=0.5)],  # type: ignore[arg-type]
        [wire_rate(start=float("nan"))],
        [wire_rate(start=True)],
        [wire_rate(start="12")],  # type: ignore[arg-type]
        [wire_rate(), wire_rate(currency="EUR", start=1)],
        ["free"],
    ],
)
def test_a_malformed_price_is_refused_with_the_id_of_its_sku(rates: list[Any]) -> None:
    with pytest.raises(ParseError, match="SKU A07E-99DC-F4F3: "):
        parse_sku(wire_sku("A07E-99DC-F4F3", wire_price(*rates)), COMPUTE)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"pricingInfo": [wire_price(wire_rate(nanos=10**9))]}, "nanos must be under 10^9, not 1000000000."),
        ({"skuId": 7}, "7 is not text."),
        ({"pricingInfo": ["free"]}, "its form is not that of the API ('str' object has no attribute 'get')."),
    ],
)
def test_a_malformed_sku_says_what_is_wrong_with_it(fields: dict[str, Any], reason: str) -> None:
    wire = wire_sku("A", **fields)

    found = read_sku(wire, COMPUTE)

    assert found == MalformedSku("A" if wire["skuId"] == "A" else "", f"SKU {wire['skuId']}: {reason}")


@pytest.mark.parametrize("wire", [{"description": "no id"}, "text", None])
def test_an_entry_without_an_id_is_a_malformed_sku_without_one(wire: Any) -> None:
    found = read_sku(wire, COMPUTE)

    assert isinstance(found, MalformedSku)
    assert found.sku_id == ""


@pytest.mark.parametrize("effective", ["yesterday", "2025-08-08T16:53:11"])
def test_a_malformed_time_or_one_without_a_zone_is_refused(effective: str) -> None:
    with pytest.raises(ParseError, match=effective):
        parse_sku(wire_sku("A", wire_price(effective=effective)), COMPUTE)


@pytest.mark.parametrize("wire", [{"description": "no id"}, {"skuId": 7}, "text", None])
def test_an_entry_that_is_not_a_sku_is_refused(wire: Any) -> None:
    with pytest.raises(ParseError):
        parse_sku(wire, COMPUTE)


def test_a_service_without_a_name_is_refused_by_its_id() -> None:
    with pytest.raises(ParseError, match=COMPUTE):
        parse_service({"serviceId": COMPUTE})


def test_the_prices_of_every_sku_of_the_real_catalog_are_read_exactly(real_catalog: Path) -> None:
    count = 0
    for path in (real_catalog / "skus").iterdir():
        for wire in json.loads(gzip.decompress(path.read_bytes()))["skus"]:
            sku = parse_sku(wire, path.name.partition(".")[0])
            count += 1
            expected = [
                [
                    (rate.get("startUsageAmount", 0), rate["unitPrice"]["units"], rate["unitPrice"]["nanos"])
                    for rate in price["pricingExpression"]["tieredRates"]
                ]
                for price in wire["pricingInfo"]
            ]
            assert [
                [(float(tier.start_usage_amount), tier.units, tier.nanos) for tier in price.tiers]
                for price in sku.pricing
            ] == expected
    assert count == 19_800
