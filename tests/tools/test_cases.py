"""Inputs from public bug reports of similar tools, and from people's habits, with their right answers.

The SKUs have the ids, names, units and prices of Google's public price list, 2022 to 2026.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.catalog.factories import make_service, make_update
from tests.catalog.pricing.known_skus import EGRESS, add_egress, add_n2
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
