"""Answers come from columns: what the provider sent is kept beside them and not read again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import PricingInfo, Sku
from catalog.pricing.calculate import Item, calculate
from catalog.pricing.details import details
from catalog.pricing.list_prices import snapshot
from catalog.providers.sample.source import SampleSource
from catalog.search import SearchRequest, search
from catalog.sync.run import sync

QUESTIONS = ["n2 core", "egress", "storage", "operations", "gpu"]


def answers(sku_ids: list[str], moment: Any) -> list[Any]:
    items = [Item(sku_id, Decimal(1234)) for sku_id in sku_ids]
    return [
        details(sku_ids, snapshot=moment, history=True),
        *(calculate([item], snapshot=moment, detailed=True) for item in items),
        *(search(SearchRequest(words, response_format="detailed")) for words in QUESTIONS),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("json", [None, {"usageUnit": "wk", "aggregationLevel": "PROJECT"}])
def test_answers_are_the_same_whatever_the_providers_json_says(json: dict[str, str] | None) -> None:
    sync(SampleSource())
    sku_ids = list(Sku.objects.order_by("pk").values_list("pk", flat=True))
    moment = snapshot(timezone.now())
    before = answers(sku_ids, moment)

    PricingInfo.objects.update(pricing_expression_json=json, aggregation_json=json)

    assert answers(sku_ids, moment) == before
    assert {price["aggregation"] is None for price in _prices(before[0])} == {True, False}


def _prices(answer: Any) -> list[dict[str, Any]]:
    return [sku["pricing"] for sku in answer["skus"]]
