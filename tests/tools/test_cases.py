"""Inputs from public bug reports of similar tools, and from people's habits, with their right answers.

The SKUs have the ids, names, units and prices of Google's public price list, 2022 to 2026.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.models import Sku
from tests.catalog.factories import make_service, make_update
from tests.catalog.pricing.known_skus import ACCOUNT_MONTHLY, EGRESS, GLOBAL, add_egress, add_n2, add_sku
from tools import registry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def synced() -> None:
    make_update()


def call(name: str, **arguments: Any) -> dict[str, Any]:
    result = registry.call(name, arguments)
    assert not result.is_error, result.content["error"]
    return result.content


def test_items_may_come_as_json_text() -> None:
    add_egress()

    answer = call("calculate", items=json.dumps([{"sku_id": EGRESS, "quantity": "1024"}]))

    assert answer["total"]["amount"] == "110.88"


@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": None, "kind": None, "response_format": None},
        {"limit": "10"},
        {"region": "null"},
    ],
)
def test_a_search_leaves_out_what_stands_for_nothing_and_reads_numbers_as_text(
    arguments: dict[str, Any],
) -> None:
    add_n2(make_service())

    assert call("search", query="n2 core", **arguments) == call("search", query="n2 core")


def test_details_leaves_out_null_and_an_empty_time() -> None:
    add_egress()

    answer = call("details", sku_ids=[EGRESS], history=None, as_of="")

    assert [sku["sku_id"] for sku in answer["skus"]] == [EGRESS]
    assert answer["skus"][0]["history"] is None


def calculate(sku: Sku, quantity: str, unit: str | None = None, region: str | None = None) -> dict[str, Any]:
    item = {"sku_id": sku.sku_id, "quantity": quantity, "unit": unit, "region": region}
    return call("calculate", items=[item])


@pytest.mark.parametrize(
    ("quantity", "unit", "amount"),
    [("150", "GiB", "3.9"), ("150", "GiB/month", "3.9"), ("150", "GiBy.mo", "3.9"), ("1", "TiB", "26.624")],
)
def test_storage_without_a_time_is_kept_for_the_month(quantity: str, unit: str, amount: str) -> None:
    storage = add_sku(
        "EC40-8747-D6FF",
        "Standard Storage Europe Multi-region",
        "GiBy.mo",
        [(0, "0", 26_000_000)],
        regions=["europe"],
    )

    assert calculate(storage, quantity, unit)["total"]["amount"] == amount


def test_a_disk_without_a_time_gets_its_free_allowance_and_a_note() -> None:
    disk = add_sku(
        "D973-5D65-BAB2",
        "Storage PD Capacity",
        "GiBy.mo",
        [(0, "0", 0), (30, "0", 40_000_000)],
        regions=GLOBAL,
        price=ACCOUNT_MONTHLY,
    )

    answer = calculate(disk, "500", "GiB")

    assert answer["total"]["amount"] == "18.8"
    assert answer["items"][0]["notes"] == ["The quantity is kept for the whole month: 1 GiB is 1 GiBy.mo."]


def test_provisioned_iops_are_priced_by_the_month() -> None:
    iops = add_sku(
        "1601-37B5-6BD1",
        "Hyperdisk Extreme IOPS in Iowa",
        "mo",
        [(0, "0", 32_000_000)],
        regions=["us-central1"],
    )

    assert calculate(iops, "350000", "IOPS")["total"]["amount"] == "11200"


@pytest.mark.parametrize(
    ("quantity", "unit"), [("4", "10k operations"), ("4", "10,000 operations"), ("40,000.0", None)]
)
def test_operations_are_counted_in_the_unit_of_the_price_page(quantity: str, unit: str | None) -> None:
    operations = add_sku(
        "9ADA-9AED-1B24",
        "Multi-Region Standard Class A Operations",
        "count",
        [(0, "0", 5000)],
        regions=GLOBAL,
    )

    assert calculate(operations, quantity, unit)["total"]["amount"] == "0.2"


@pytest.mark.parametrize(
    ("quantity", "unit"),
    [("1", "million tokens"), ("1000000", "tokens"), ("1", "M tokens"), ("1,000,000", None)],
)
def test_tokens_are_counted(quantity: str, unit: str | None) -> None:
    tokens = add_sku(
        "EE00-0000-0014", "Gemini 2.5 Pro Text Input - Predictions", "count", [(0, "0", 1250)], regions=GLOBAL
    )

    assert calculate(tokens, quantity, unit)["total"]["amount"] == "1.25"


def test_reads_are_counted_with_a_daily_allowance() -> None:
    reads = add_sku(
        "EE00-0000-0022",
        "Cloud Firestore Read Ops",
        "count",
        [(0, "0", 0), (50_000, "0", 600)],
        regions=["us"],
        price={"aggregation_level": "PROJECT", "aggregation_interval": "DAILY", "aggregation_count": 1},
    )

    # 3,000,000 less 50,000 on each of 730/24 days.
    assert calculate(reads, "3000000", "reads")["total"]["amount"] == "0.8875"


ALLOWANCES = {
    # SKU id: (name, unit, [(start, nanos)])
    "EE00-0000-000B": ("Secret access operations", "count", [(0, 0), (10_000, 3000)]),
    "EE00-0000-000A": ("Secret version replica storage", "mo", [(0, 0), (6, 60_000_000)]),
    "66A2-68EA-56BE": ("Static Ip Charge", "h", [(0, 0), (1, 10_000_000)]),
    "0DD0-0000-0003": ("C4D Instance Ram in Netherlands", "GBy.h", [(0, 3_850_000)]),
}


@pytest.mark.parametrize(
    ("sku_id", "quantity", "unit", "amount"),
    [
        ("EE00-0000-000B", "100000", None, "0.27"),
        ("EE00-0000-000A", "23", None, "1.02"),
        ("66A2-68EA-56BE", "730", "hours", "7.29"),
        ("0DD0-0000-0003", "32", "GiB hours", "0.132284993"),
    ],
)
def test_free_allowances_are_granted_once_and_decimal_gigabytes_are_not_binary(
    sku_id: str, quantity: str, unit: str | None, amount: str
) -> None:
    name, usage_unit, tiers = ALLOWANCES[sku_id]
    rows = [(start, "0", nanos) for start, nanos in tiers]
    sku = add_sku(sku_id, name, usage_unit, rows, regions=GLOBAL, price=ACCOUNT_MONTHLY)

    assert calculate(sku, quantity, unit)["total"]["amount"] == amount


@pytest.mark.parametrize("region", ["EU", "eu", "europe", "null", "any", "ALL"])
def test_a_multi_region_is_read_by_its_names_and_a_region_that_says_nothing_is_left_out(region: str) -> None:
    storage = add_sku(
        "EC40-8747-D6FF",
        "Standard Storage Europe Multi-region",
        "GiBy.mo",
        [(0, "0", 26_000_000)],
        regions=["europe"],
    )

    answer = calculate(storage, "150", "GiBy.mo", region)

    assert answer["total"]["amount"] == "3.9"
    assert answer["items"][0]["region"] == "europe"


def test_a_sku_may_be_named_as_in_googles_api() -> None:
    add_egress()
    name = f"services/95FF-2EF5-5EA1/skus/{EGRESS}"

    assert call("calculate", items=[{"sku_id": name, "quantity": 1024}])["total"]["amount"] == "110.88"
    assert [sku["sku_id"] for sku in call("details", sku_ids=name)["skus"]] == [EGRESS]


@pytest.mark.parametrize("as_of", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"])
def test_a_time_beyond_the_ends_of_time_is_an_invalid_argument(as_of: str) -> None:
    add_egress()
    calls: dict[str, dict[str, Any]] = {
        "details": {"sku_ids": [EGRESS]},
        "calculate": {"items": [{"sku_id": EGRESS, "quantity": 1}]},
    }

    for name, arguments in calls.items():
        result = registry.call(name, arguments | {"as_of": as_of})
        assert result.content["error"]["code"] == "invalid_argument"
        assert result.content["error"]["message"].startswith("as_of: must be between the years 1")


@pytest.mark.parametrize("as_of", ["0001-01-01", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_day_are_times(as_of: str) -> None:
    add_egress()

    assert call("details", sku_ids=[EGRESS], as_of=as_of)["skus"][0]["sku_id"] == EGRESS
