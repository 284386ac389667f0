from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Sku
from catalog.pricing.answers import utc_text
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update
from tools import prices, registry
from tools.json_schema import Schema

pytestmark = pytest.mark.django_db

SYNCED_AT = timezone.now() - timedelta(hours=1)
# Agents and their authors rely on these names: a change here breaks them.
ARGUMENTS = {
    "search": {
        "query",
        "service",
        "region",
        "provider",
        "resource_family",
        "resource_group",
        "usage_type",
        "kind",
        "sort",
        "by",
        "limit",
        "cursor",
        "response_format",
    },
    "details": {"sku_ids", "resources", "as_of", "history"},
    "calculate": {"items", "months", "as_of", "compare", "group_by", "cursor", "response_format"},
}
FIELDS = {
    "search": {
        "contract",
        "catalog",
        "resources",
        "services",
        "skus",
        "total",
        "next_cursor",
        "facets",
        "facets_counted",
        "interpreted",
        "ambiguous_in",
        "missing",
        "hint",
    },
    "details": {"contract", "catalog", "as_of", "skus", "resources", "not_found", "hint"},
    "calculate": {
        "contract",
        "catalog",
        "total",
        "items",
        "not_priced",
        "next_cursor",
        "groups",
        "allowances",
        "estimate_id",
        "proof",
        "assumptions",
    },
}


def _call(name: str, **arguments: Any) -> dict[str, Any]:
    result = registry.call(name, arguments)
    assert result.is_error == ("error" in result.content)
    assert result.content["contract"] == "1"
    return result.content


@pytest.fixture
def sku() -> Sku:
    make_update()
    sku = make_sku(
        service=make_service(display_name="Compute Engine"),
        display_name="N2 Instance Core running in Frankfurt",
        service_regions=["europe-west3"],
    )
    sku.service.synced_at = SYNCED_AT
    sku.service.save()
    make_price(sku)
    return sku


def test_the_schemas_have_the_names_of_the_contract() -> None:
    assert list(registry.TOOLS) == [
        *ARGUMENTS,
        "query_costs",
        "explain_cost",
        "forecast_costs",
        "find_anomalies",
        "compare_models",
        "budget_status",
        "live_usage",
        "live_cost",
        "set_live_alert",
        "run_cost_sql",
    ]
    for name, arguments in ARGUMENTS.items():
        tool = registry.TOOLS[name]
        assert tool.title
        assert tool.description
        assert set(tool.input_schema["properties"]) == arguments
        assert tool.input_schema["additionalProperties"] is False
        assert set(tool.output_schema["properties"]) == FIELDS[name]


def test_search_says_that_questions_are_in_english() -> None:
    assert "question in plain English" in registry.TOOLS["search"].description


def test_each_argument_is_described_with_an_example() -> None:
    arguments = [
        (f"{name}.{key}", schema)
        for name, tool in registry.TOOLS.items()
        for key, schema in _properties(tool.input_schema)
    ]

    assert [name for name, schema in arguments if not schema.get("description")] == []
    # The items of calculate have examples in each of their own arguments.
    assert [name for name, schema in arguments if not schema.get("examples")] == ["calculate.items"]


def test_each_argument_has_one_type() -> None:
    schemas = [schema for tool in registry.TOOLS.values() for _, schema in _properties(tool.input_schema)]

    # Gemini refuses a list of types, and a choice of schemas.
    assert {type(schema["type"]) for schema in schemas} == {str}
    assert not any("anyOf" in schema for schema in schemas)


@pytest.mark.usefixtures("sku")
def test_search_answers_with_the_state_of_the_catalog() -> None:
    answer = _call("search", query="n2 core")

    assert set(answer) == FIELDS["search"]
    assert answer["contract"] == "1"
    assert answer["catalog"]["source"] == "folder"
    assert answer["catalog"]["synced_at"] == utc_text(SYNCED_AT)
    assert answer["catalog"]["stale"] is False
    assert answer["catalog"]["currency"] == "USD"
    assert answer["skus"][0]["price"]["amount"] == "0.031611"
    assert answer["hint"] is None


def test_the_example_from_details_is_a_calculate_call_that_works(sku: Sku) -> None:
    shown = _call("details", sku_ids=[sku.pk])
    priced = _call("calculate", **shown["skus"][0]["example"])

    assert set(shown) == FIELDS["details"]
    assert set(priced) == FIELDS["calculate"]
    assert priced["total"]["amount"] == "23.07603"


def test_a_detailed_calculation_shows_the_price_of_each_item(sku: Sku) -> None:
    items = [{"sku_id": sku.pk, "quantity": 1}]

    assert "pricing" not in _call("calculate", items=items)["items"][0]
    [item] = _call("calculate", items=items, response_format="detailed")["items"]
    assert item["pricing"] == _call("details", sku_ids=[sku.pk])["skus"][0]["pricing"]


def test_every_answer_from_the_sample_says_so(sku: Sku) -> None:
    make_update(source="sample")

    answers = [
        _call("search", query="n2")["hint"],
        _call("search", query="no such thing")["hint"],
        _call("details", sku_ids=[sku.pk])["hint"],
        _call("calculate", items=[{"sku_id": sku.pk, "quantity": 1}])["assumptions"][0],
    ]
    assert all("from the bundled sample, not today's" in answer for answer in answers)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("search", {"query": "n2"}),
        ("details", {"sku_ids": ["A"]}),
        ("calculate", {"items": [{"sku_id": "A", "quantity": 1}]}),
    ],
)
def test_an_empty_catalog_says_how_to_fill_it(name: str, arguments: dict[str, Any]) -> None:
    error = _call(name, **arguments)["error"]

    assert error["code"] == "catalog_empty"
    assert "the command sync_catalog" in error["hint"]


@pytest.mark.parametrize("as_of", [None, "2026-01-03"])
def test_prices_take_two_queries_at_any_time_and_for_any_number_of_skus(
    sku: Sku, as_of: str | None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_update(completed_at=NOON + timedelta(days=30))
    ids = [sku.pk, *(make_price(make_sku()).sku_id for _ in range(9))]
    items = [{"sku_id": sku_id, "quantity": 1} for sku_id in ids]

    # The token check, which comes first, is the third round trip of a call.
    with django_assert_num_queries(2):
        assert len(_call("details", sku_ids=ids, as_of=as_of)["skus"]) == 10
    with django_assert_num_queries(2):
        assert len(_call("calculate", items=items, as_of=as_of)["items"]) == 10


def test_an_empty_filter_is_ignored(sku: Sku) -> None:
    found = _call("search", query="n2 core", service="", region="", cursor="")

    assert [row["sku_id"] for row in found["skus"]] == [sku.pk]


def test_an_unknown_argument_is_refused_by_name() -> None:
    error = _call("search", query="n2", zone="europe-west3-a")["error"]

    assert error["code"] == "invalid_argument"
    assert error["message"] == "unknown argument: zone."
    assert "region" in error["hint"]


def test_an_error_from_the_catalog_keeps_its_candidates(sku: Sku) -> None:
    items = [{"sku_id": sku.pk, "quantity": 1, "unit": "GiB"}]

    error = _call("calculate", items=items)["error"]
    assert error["code"] == "unit_mismatch"
    assert "h" in error["candidates"]


def test_a_failure_of_the_server_returns_an_id_and_logs_the_details(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_update: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(prices, "_require_synced", fail)

    content = _call("search", query="n2")
    error_id = caplog.records[0].args[0]  # type: ignore[index]
    assert content["error"]["code"] == "internal_error"
    assert str(error_id) in content["error"]["message"]
    assert "hunter2" not in json.dumps(content)
    assert "hunter2" in caplog.text


def _properties(schema: Schema) -> list[tuple[str, Schema]]:
    """The properties of an object and of the objects that it lists."""
    found = []
    for name, inner in schema["properties"].items():
        found.append((name, inner))
        if "properties" in inner.get("items", {}):
            found += [(f"{name}.{key}", value) for key, value in _properties(inner["items"])]
    return found
