"""Calls over HTTP through the official client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from mcp.shared.exceptions import MCPError

from tests.harness.product import Product, install, serve

SHOW_CALLS = """
from accounts.models import ToolUse
print(*ToolUse.objects.order_by("tool").values_list("tool", "calls", "failed"))
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("limited")
    product = install(folder, "sample", TOOL_CALLS_PER_MINUTE="2")
    with serve(product, folder / "server.log"):
        yield product


def test_an_agent_over_the_limit_is_told_how_long_to_wait(product: Product) -> None:
    token = product.token("ann")

    answers = [product.ask(token, "search", {"query": "n2 core"}) for _ in range(3)]

    assert [answer.is_error for answer in answers] == [False, False, True]
    content = answers[-1].structured_content
    assert isinstance(content, dict)
    assert content["error"]["code"] == "rate_limited"
    assert content["error"]["message"] == "Rate limit reached: 2 search calls per minute."
    assert content["error"]["hint"].startswith("Wait ")
    other = product.token("bob")
    assert not product.ask(other, "search", {"query": "n2 core"}).is_error


def test_a_call_of_many_items_counts_more_than_once(product: Product) -> None:
    token = product.token("dan")
    items = [{"sku_id": "22EB-AAE8-FBCD", "quantity": 1}] * 11

    answers = [product.ask(token, "calculate", {"items": items}) for _ in range(2)]

    assert [answer.is_error for answer in answers] == [False, True]


def test_an_unknown_tool_is_refused_with_the_names_of_the_tools(product: Product) -> None:
    token = product.token("cid")

    with pytest.raises(ExceptionGroup) as caught:
        product.ask(token, "prices", {})

    message = r"^Unknown tool 'prices'\. Tools: search, details, calculate\.$"
    assert caught.group_contains(MCPError, match=message)


@pytest.mark.parametrize("path", ["/mcp", "/mcp/"])
def test_only_a_browser_that_opens_the_endpoint_gets_a_page(product: Product, path: str) -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page, agent = (httpx2.get(product.url + path, headers={"Accept": kind}) for kind in (browser, "*/*"))

    assert (page.status_code, agent.status_code) == (405, 405)
    assert "/connect/" in page.text
    assert agent.text == ""
    refused = httpx2.post(product.url + path, json={}, headers={"Accept": browser})
    assert refused.status_code == 401


def test_a_server_that_stops_has_written_its_calls(tmp_path: Path) -> None:
    product = install(tmp_path, "sample", TOOL_CALLS_PER_MINUTE="2")
    with serve(product, tmp_path / "server.log"):
        token = product.token("eve")
        for _ in range(3):
            product.ask(token, "search", {"query": "n2 core"})
        product.ask(token, "details", {"sku_ids": ["22EB-AAE8-FBCD"]})

    assert product.manage("shell", "-v0", "-c", SHOW_CALLS) == "('details', 1, 0) ('search', 3, 1)\n"
