from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from mcp_types import TextContent
from pytest_django import DjangoAssertNumQueries

from catalog.models import Sku
from mcp_api import server
from tests.catalog.factories import NOON, make_price, make_sku, make_update
from tools import prices

pytestmark = pytest.mark.django_db

# Agents and their authors build on these names: a change here breaks them.
ARGUMENTS = {
    "search": {
        "query",
        "service",
        "region",
        "resource_family",
        "resource_group",
        "usage_type",
        "kind",
        "limit",
        "cursor",
        "response_format",
    },
    "details": {"sku_ids", "as_of", "history"},
    "calculate": {"items", "months", "as_of", "response_format"},
}
FIELDS = {
    "search": {
        "contract",
        "catalog",
        "services",
        "skus",
        "total",
        "next_cursor",
        "facets",
        "facets_counted",
        "interpreted",
        "hint",
    },
    "details": {"contract", "catalog", "as_of", "skus", "not_found", "hint"},
    "calculate": {"contract", "catalog", "total", "items", "not_priced", "proof", "assumptions"},
}


def _respond(name: str, **arguments: Any) -> dict[str, Any]:
    result = server.respond(name, arguments)
    assert isinstance(result.content[0], TextContent)
    assert json.loads(result.content[0].text) == result.structured_content
    assert result.is_error == ("error" in result.structured_content)
    content: dict[str, Any] = result.structured_content
    return content


@pytest.fixture
def sku() -> Sku:
    make_update()
    sku = make_sku(display_name="N2 Instance Core running in Frankfurt", service_regions=["europe-west3"])
    make_price(sku)
    return sku


def test_the_tools_promise_what_the_contract_says() -> None:
    assert list(server.TOOLS) == ["search", "details", "calculate"]
    for name, tool in server.TOOLS.items():
        wire = tool.model_dump(by_alias=True, exclude_none=True)
        assert wire["title"]
        assert wire["annotations"] == {
            "readOnlyHint": True,
            "destructiveHint": False,
            "idempotentHint": True,
            "openWorldHint": False,
        }
        assert set(wire["inputSchema"]["properties"]) == ARGUMENTS[name]
        assert wire["inputSchema"]["additionalProperties"] is False
        assert set(wire["outputSchema"]["properties"]) == FIELDS[name]


def test_each_argument_is_described_with_an_example() -> None:
    arguments = [
        (f"{name}.{key}", schema)
        for name, tool in server.TOOLS.items()
        for key, schema in _properties(tool.input_schema)
    ]

    assert [name for name, schema in arguments if not schema.get("description")] == []
    # The items of calculate have examples in each of their own arguments.
    assert [name for name, schema in arguments if not schema.get("examples")] == ["calculate.items"]


def test_the_list_of_tools_is_under_8_kilobytes() -> None:
    wire = [tool.model_dump(by_alias=True, exclude_none=True) for tool in server.TOOLS.values()]

    assert len(json.dumps(wire, separators=(",", ":")).encode()) < 8_000


@pytest.mark.usefixtures("sku")
def test_search_answers_with_the_state_of_the_catalog() -> None:
    answer = _respond("search", query="n2 core")

    assert set(answer) == FIELDS["search"]
    assert answer["contract"] == "1"
    assert answer["catalog"]["source"] == "folder"
    assert answer["catalog"]["synced_at"] == "2026-01-02T12:00:00Z"
    assert answer["catalog"]["currency"] == "USD"
    assert answer["skus"][0]["price"]["amount"] == "0.031611"
    assert answer["hint"] is None


def test_what_details_suggests_to_calculate_can_be_calculated(sku: Sku) -> None:
    shown = _respond("details", sku_ids=[sku.pk])
    priced = _respond("calculate", **shown["skus"][0]["example"])

    assert set(shown) == FIELDS["details"]
    assert set(priced) == FIELDS["calculate"]
    assert priced["total"]["amount"] == "23.07603"


def test_a_detailed_calculation_shows_the_price_of_each_item(sku: Sku) -> None:
    items = [{"sku_id": sku.pk, "quantity": 1}]

    assert "pricing" not in _respond("calculate", items=items)["items"][0]
    [item] = _respond("calculate", items=items, response_format="detailed")["items"]
    assert item["pricing"] == _respond("details", sku_ids=[sku.pk])["skus"][0]["pricing"]


def test_the_sample_is_named_as_such_in_every_answer(sku: Sku) -> None:
    make_update(source="sample")

    answers = [
        _respond("search", query="n2")["hint"],
        _respond("search", query="no such thing")["hint"],
        _respond("details", sku_ids=[sku.pk])["hint"],
        _respond("calculate", items=[{"sku_id": sku.pk, "quantity": 1}])["assumptions"][0],
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
    error = _respond(name, **arguments)["error"]

    assert error["code"] == "catalog_empty"
    assert "manage.py sync_catalog" in error["hint"]


@pytest.mark.parametrize("as_of", [None, "2026-01-03"])
def test_prices_take_two_queries_whatever_the_moment_and_the_number_of_skus(
    sku: Sku, as_of: str | None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_update(completed_at=NOON + timedelta(days=30))
    ids = [sku.pk, *(make_price(make_sku()).sku_id for _ in range(9))]
    items = [{"sku_id": sku_id, "quantity": 1} for sku_id in ids]

    # The token check, which comes before, is the third round trip of a call.
    with django_assert_num_queries(2):
        assert len(_respond("details", sku_ids=ids, as_of=as_of)["skus"]) == 10
    with django_assert_num_queries(2):
        assert len(_respond("calculate", items=items, as_of=as_of)["items"]) == 10


def test_an_empty_filter_is_no_filter(sku: Sku) -> None:
    found = _respond("search", query="n2 core", service="", region="", cursor="")

    assert [row["sku_id"] for row in found["skus"]] == [sku.pk]


def test_an_unknown_argument_is_refused_by_name() -> None:
    error = _respond("search", query="n2", zone="europe-west3-a")["error"]

    assert error["code"] == "invalid_argument"
    assert error["message"] == "zone is no argument."
    assert "region" in error["hint"]


def test_an_error_of_the_catalog_keeps_its_candidates(sku: Sku) -> None:
    items = [{"sku_id": sku.pk, "quantity": 1, "unit": "GiB"}]

    error = _respond("calculate", items=items)["error"]
    assert error["code"] == "unit_mismatch"
    assert "h" in error["candidates"]


def test_a_fault_of_the_server_answers_with_an_id_and_nothing_of_its_inside(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_update: object) -> None:
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(prices, "_completed", fail)

    content = _respond("search", query="n2")
    error_id = caplog.records[0].args[0]  # type: ignore[index]
    assert str(error_id) in content["error"]["message"]
    assert "hunter2" not in json.dumps(content)
    assert "hunter2" in caplog.text


def _properties(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The properties of an object and of the objects that it lists."""
    found = []
    for name, inner in schema["properties"].items():
        found.append((name, inner))
        if "properties" in inner.get("items", {}):
            found += [(f"{name}.{key}", value) for key, value in _properties(inner["items"])]
    return found
