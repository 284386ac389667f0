"""SKUs with all their prices in one statement: what the ORM reads in several."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import models
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingInfo, Sku
from catalog.pricing.price_rows import price_rows
from tests.catalog.factories import make_price, make_sku

pytestmark = pytest.mark.django_db
# Nobody who serves prices reads these.
LEFT_OUT = {"pricing_expression_json", "aggregation_json"}


def values(row: models.Model) -> dict[str, Any]:
    fields = [each.attname for each in row._meta.concrete_fields if each.attname not in LEFT_OUT]
    return {name: getattr(row, name) for name in fields}


def test_rows_are_those_that_the_orm_reads(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    early = datetime(2024, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)
    skus = [
        make_sku(service_regions=["us-central1", "europe-west3"], category_json={"usageType": "OnDemand"}),
        make_sku(geo_taxonomy_type="REGIONAL", geo_taxonomy_regions=["asia-east1"], retired_at=early),
        make_sku(service_regions=[], description=None),
    ]
    make_price(skus[0], [(0.1, "3", 5), (0, "0", 0), (1e15, "12345678901", 999_999_999)])
    make_price(skus[0], [(0, "-1", -5)], effective_time=early, created_at=early)
    make_price(skus[1], [])

    with django_assert_num_queries(1):
        found = {rows.sku.pk: rows for rows in price_rows([*(sku.pk for sku in skus), "unknown"])}

    assert found.keys() == {sku.pk for sku in skus}
    for sku in Sku.objects.select_related("service"):
        rows = found[sku.pk]
        assert values(rows.sku) == values(sku)
        assert values(rows.sku.service) == values(sku.service)
        read = {
            info.pk: (values(info), [(t.start, t.unit_price) for t in tiers]) for info, tiers in rows.prices
        }
        assert read == {
            info.pk: (
                values(info),
                [(t.start, t.unit_price) for t in info.tiers.order_by("start_usage_amount")],
            )
            for info in PricingInfo.objects.filter(sku=sku)
        }
        assert all(info.sku is rows.sku for info, _ in rows.prices)
