"""From the price list to an agent's answer: real processes, the official client, both protocol eras."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.harness.product import Product, install, serve

MODES = ["legacy", "2026-07-28"]


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, real_catalog: Path) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    product = install(folder, str(real_catalog))
    with serve(product, folder / "server.log"):
        yield product


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    return product.token("agent")


def _ask(product: Product, token: str, mode: str, tool: str, **arguments: Any) -> dict[str, Any]:
    result = product.ask(token, tool, arguments, mode=mode)
    content = result.structured_content
    assert not result.is_error, content
    assert isinstance(content, dict)
    assert content["contract"] == "1"
    assert content["catalog"]["source"] == "folder"
    return content


@pytest.mark.parametrize("mode", MODES)
def test_an_agent_prices_a_month_of_an_n2_core_in_belgium(product: Product, token: str, mode: str) -> None:
    found = _ask(product, token, mode, "search", query="N2 core", region="europe-west1")
    best = found["skus"][0]
    assert best["display_name"] == "N2 Instance Core running in EMEA"
    assert best["usage_type"] == "OnDemand"
    assert best["regions"] == ["europe-west1"]

    shown = _ask(product, token, mode, "details", sku_ids=[best["sku_id"]])["skus"][0]
    assert shown["pricing"]["usage_unit"] == "h"
    rate = shown["pricing"]["tiers"][0]["unit_price"]["amount"]
    assert rate == best["price"]["amount"] == "0.034773"

    items = [{"sku_id": best["sku_id"], "quantity": 730, "unit": "hours", "region": "europe-west1"}]
    priced = _ask(product, token, mode, "calculate", items=items)
    assert priced["total"] == {"amount": "25.38429", "rounded": "25.38", "currency": "USD", "partial": False}


@pytest.mark.parametrize("mode", MODES)
def test_an_agent_prices_a_cloud_storage_class(product: Product, token: str, mode: str) -> None:
    found = _ask(product, token, mode, "search", query="nearline storage", region="us-central1")
    best = found["skus"][0]
    assert best["display_name"] == "Nearline Storage Iowa"

    shown = _ask(product, token, mode, "details", sku_ids=[best["sku_id"]])["skus"][0]
    assert [tier["unit_price"]["amount"] for tier in shown["pricing"]["tiers"]] == ["0.01"]

    priced = _ask(product, token, mode, "calculate", items=[{"sku_id": best["sku_id"], "quantity": "500"}])
    assert priced["total"]["amount"] == "5"


@pytest.mark.parametrize("mode", MODES)
def test_an_agent_prices_internet_egress_over_four_tiers(product: Product, token: str, mode: str) -> None:
    found = _ask(product, token, mode, "search", query="download worldwide destinations")
    assert "22EB-AAE8-FBCD" in [sku["sku_id"] for sku in found["skus"]]

    shown = _ask(product, token, mode, "details", sku_ids=["22EB-AAE8-FBCD"])["skus"][0]
    assert [tier["start_usage_amount"] for tier in shown["pricing"]["tiers"]] == ["0", "100", "1024", "10240"]

    items = [{"sku_id": "22EB-AAE8-FBCD", "quantity": 1024}]
    priced = _ask(product, token, mode, "calculate", items=items)
    assert priced["total"]["amount"] == "110.88"
    replay = _ask(product, token, mode, "calculate", items=items, as_of=priced["proof"]["as_of"])
    # A request with `as_of` is another estimate than one for current prices.
    assert replay.pop("estimate_id") != priced.pop("estimate_id")
    assert replay == priced


def test_the_example_in_details_is_a_working_call(product: Product, token: str) -> None:
    shown = _ask(product, token, "auto", "details", sku_ids=["22EB-AAE8-FBCD"])["skus"][0]

    assert _ask(product, token, "auto", "calculate", **shown["example"])["not_priced"] == []


@pytest.mark.parametrize(
    ("authorization", "challenge"),
    [
        (None, 'Bearer resource_metadata="'),
        (None, 'scope="pricing:read"'),
        ("Bearer wrong", 'error="invalid_token"'),
        ("Basic YWRtaW46YWRtaW4=", 'error="invalid_token"'),
    ],
)
def test_a_call_without_a_valid_token_is_challenged(
    product: Product, authorization: str | None, challenge: str
) -> None:
    headers = {"Accept": "application/json, text/event-stream"}
    if authorization:
        headers["Authorization"] = authorization
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}

    response = httpx2.post(f"{product.url}/mcp", json=call, headers=headers)

    assert response.status_code == 401
    assert challenge in response.headers["WWW-Authenticate"]
    assert "tools" not in response.text


def test_a_revoked_token_is_refused_at_the_next_call(product: Product) -> None:
    token = product.token("passing-by")
    assert product.tools(token)

    product.manage(
        "shell", "-c", "from oauth2_provider.models import AccessToken as T;"
        " T.objects.filter(user__username='passing-by').delete()",
    )  # fmt: skip
    response = httpx2.post(f"{product.url}/mcp", json={}, headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 401


def test_the_endpoint_works_with_and_without_a_slash_and_offers_no_stream(product: Product) -> None:
    for path in ("/mcp", "/mcp/"):
        assert httpx2.post(product.url + path, json={}).status_code == 401
        assert httpx2.get(product.url + path).status_code == 405
