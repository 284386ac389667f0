"""Answers are made from columns, not from the JSON that the provider sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import PricingInfo, Sku
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync
from tools import prices
from tools.prices_schema import CalculateArguments, DetailsArguments, SearchArguments

QUESTIONS = ["n2 core", "egress", "storage", "operations", "gpu"]
IDS_PER_CALL = 20


def answers() -> list[Any]:
    """What the tools answer about every SKU, and to some searches."""
    ids = list(Sku.objects.order_by("pk").values_list("pk", flat=True))
    pages = [ids[start : start + IDS_PER_CALL] for start in range(0, len(ids), IDS_PER_CALL)]
    found: list[dict[str, Any]] = []
    for page in pages:
        found.append(prices.details(DetailsArguments(sku_ids=page, history=True)))
        items = [{"sku_id": sku_id, "quantity": "1234"} for sku_id in page]
        arguments = CalculateArguments.model_validate({"items": items, "response_format": "detailed"})
        found.append(prices.calculate(arguments))
    searches = [SearchArguments(query=words, response_format="detailed") for words in QUESTIONS]
    return [*found, *map(prices.search, searches)]


@pytest.mark.django_db
@pytest.mark.parametrize("json", [None, {"usageUnit": "wk", "aggregationLevel": "PROJECT"}])
def test_answers_do_not_depend_on_the_providers_json(
    json: dict[str, str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(SampleSource())
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    before = answers()

    PricingInfo.objects.update(pricing_expression_json=json, aggregation_json=json)

    assert answers() == before
    shown = [sku["pricing"] for answer in before if "not_found" in answer for sku in answer["skus"]]
    assert {pricing["aggregation"] is None for pricing in shown} == {True, False}
