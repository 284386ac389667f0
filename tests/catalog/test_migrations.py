from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalog.models import PricingInfo, PricingUpdate, Service, SkuAttributes
from catalog.offers import store
from catalog.search import SearchRequest, search
from tests.catalog.factories import NOON, make_price, make_sku, make_update
from tests.catalog.wire import wire_price

pytestmark = pytest.mark.django_db(transaction=True)

NO_UNIT = ("", "", "", "", "1", "1")
UNIT = ("h", "hour", "s", "second")
COLUMNS = (
    "usage_unit",
    "usage_unit_description",
    "base_unit",
    "base_unit_description",
    "base_unit_conversion_factor",
    "display_quantity",
    "aggregation_level",
    "aggregation_interval",
    "aggregation_count",
)


@pytest.fixture
def filled() -> Callable[..., list[tuple[Any, ...]]]:
    """Inserts prices before migration 0004, migrates, and returns the new columns of each price."""

    def fill(*prices: dict[str, Any]) -> list[tuple[Any, ...]]:
        sku_id = make_sku().pk
        executor = MigrationExecutor(connection)
        try:
            before = executor.migrate([("catalog", "0003_search_index")]).apps
            old_model = before.get_model("catalog", "PricingInfo")
            old_model.objects.bulk_create(old_model(sku_id=sku_id, **price) for price in prices)
        finally:
            executor = MigrationExecutor(connection)
            executor.migrate(executor.loader.graph.leaf_nodes())
        return list(PricingInfo.objects.order_by("id").values_list(*COLUMNS))

    return fill


def test_existing_services_get_the_time_of_the_last_run_that_read_all_of_them() -> None:
    executor = MigrationExecutor(connection)
    try:
        before = executor.migrate([("catalog", "0004_price_units")]).apps
        old_service, old_run = (before.get_model("catalog", name) for name in ("Service", "PricingUpdate"))
        for service_id in "AB":
            old_service.objects.create(service_id=service_id, display_name=service_id)
        for days, read, failed in [(0, 2, 0), (1, 1, 1), (2, 1, 0)]:
            time = NOON + timedelta(days=days)
            old_run.objects.create(
                started_at=time,
                completed_at=time,
                status="completed",
                services_synced=read,
                services_failed=failed,
            )
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    assert set(Service.objects.values_list("synced_at", flat=True)) == {NOON}
    statuses = PricingUpdate.objects.order_by("id").values_list("status", flat=True)
    assert list(statuses) == ["completed", "partial", "completed"]


def expression(**fields: Any) -> dict[str, Any]:
    return {"pricing_expression_json": wire_price()["pricingExpression"] | fields}


def test_old_prices_get_their_units_from_the_providers_json(filled: Callable[..., Any]) -> None:
    assert filled(expression(displayQuantity=1000)) == [(*UNIT, "3600", "1000", None, None, None)]


def test_an_old_conversion_factor_is_kept_as_its_shortest_decimal(filled: Callable[..., Any]) -> None:
    factors = [
        (2_678_400, "2678400"),
        (1_073_741_824, "1073741824"),
        (2_875_910_101_401_600.0, "2875910101401600"),
        (2**70, "1180591620717411303424"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.7976931348623157, "1.7976931348623157"),
        (123_456_789.123_456_78, "123456789.12345678"),
        (1e22, "10000000000000000000000"),
        (1e-7, "0.0000001"),
        (100.0, "100"),
        (0, "1"),
        (0.0, "1"),
        (None, "1"),
    ]

    rows = filled(*(expression(baseUnitConversionFactor=factor) for factor, _ in factors))

    assert [row[:6] for row in rows] == [(*UNIT, text, "1") for _, text in factors]


def test_fields_missing_from_old_json_get_the_defaults(filled: Callable[..., Any]) -> None:
    unaggregated = (None, None, None)

    assert filled(
        {},
        {"pricing_expression_json": {}, "aggregation_json": {}},
        {"pricing_expression_json": {"usageUnit": "h", "displayQuantity": 0}},
        {"aggregation_json": {"somethingNew": 1}},
        {"aggregation_json": {"aggregationLevel": "ACCOUNT", "aggregationCount": 0}},
        {"aggregation_json": {"aggregationInterval": "DAILY", "aggregationCount": 5}},
    ) == [
        (*NO_UNIT, *unaggregated),
        (*NO_UNIT, *unaggregated),
        ("h", "", "", "", "1", "0", *unaggregated),
        (*NO_UNIT, "", "", 1),
        (*NO_UNIT, "ACCOUNT", "", 1),
        (*NO_UNIT, "", "DAILY", 5),
    ]


def test_a_catalog_larger_than_a_page_is_filled_completely(
    filled: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.migrations.0004_price_units.PAGE", 3)

    rows = filled(*(expression(displayQuantity=number) for number in range(1, 11)))

    assert [row[5] for row in rows] == [str(number) for number in range(1, 11)]


def test_the_columns_can_be_dropped_and_the_prices_stay(filled: Callable[..., Any]) -> None:
    price = make_price(make_sku(), pricing_expression_json=wire_price()["pricingExpression"])

    assert filled() == [(*UNIT, "3600", "1", None, None, None)]
    assert price.tiers.count() == 1


def test_an_old_catalog_gets_attributes_and_is_found_by_them() -> None:
    executor = MigrationExecutor(connection)
    try:
        before = executor.migrate([("catalog", "0005_catalog_state")]).apps
        service = before.get_model("catalog", "Service").objects.create(
            service_id="5E1C", display_name="Compute Engine"
        )
        old_sku = before.get_model("catalog", "Sku")
        for name in ("N2 Instance Core running in Frankfurt", "N2 Instance Ram running in Frankfurt"):
            old_sku.objects.create(sku_id=name, service=service, display_name=name)
        old_sku.objects.create(sku_id="gone", service=service, display_name="Gone", retired_at=NOON)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    make_update()
    assert SkuAttributes.objects.count() == 3
    with connection.cursor() as cursor:
        cursor.execute("""SELECT name FROM sku_words WHERE sku_words MATCH 'facts : "part=core"'""")
        assert cursor.fetchall() == [(" n2 instance core running in frankfurt ",)]
    found = search(SearchRequest("n2 ram"))["skus"]
    assert [sku["sku_id"] for sku in found] == ["N2 Instance Ram running in Frankfurt"]
    assert store.is_current()
