"""Resources and prompts over HTTP, through the official client on both generations of the protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, PromptReference, TextContent, TextResourceContents

from tests.harness.product import Product, install, serve

MODES = pytest.mark.parametrize("mode", ["legacy", "auto"])
URIS = ["pricing://catalog", "pricing://services", "pricing://rules", "pricing://glossary"]
PRICES = ["estimate_terraform_plan", "compare_regions", "check_a_price"]
COSTS = ["ai_cost_last_month", "cost_review", "why_did_it_rise", "cheaper_model", "budget_outlook"]
SHOW_CALLS = """
from accounts.models import ToolUse
print(*ToolUse.objects.filter(user__username="cid").order_by("tool").values_list("tool", "calls", "failed"))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("resources")


@pytest.fixture(scope="module")
def product(folder: Path) -> Iterator[Product]:
    product = install(folder, "sample", TOOL_CALLS_PER_MINUTE="4")
    with serve(product, folder / "server.log"):
        yield product


def ask(product: Product, token: str, mode: str, asked: Callable[[Client], Awaitable[Any]]) -> Any:
    async def connected() -> Any:
        async with product._client(token, mode) as client:  # noqa: SLF001 the harness's own
            try:
                return await asked(client)
            except MCPError as error:
                return error

    return asyncio.run(connected())


@MODES
def test_resources_are_listed_and_read(product: Product, mode: str) -> None:
    token = product.token(f"ann-{mode}")

    async def read(client: Client) -> tuple[list[str], list[str], Any]:
        listed = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        contents = (await client.read_resource("sku://22EB-AAE8-FBCD")).contents
        return [str(each.uri) for each in listed], [each.uri_template for each in templates], contents

    uris, templates, [contents] = ask(product, token, mode, read)
    assert uris == URIS
    assert templates == ["sku://{sku_id}"]
    assert isinstance(contents, TextResourceContents)
    assert json.loads(contents.text)["skus"][0]["sku_id"] == "22EB-AAE8-FBCD"


def test_what_is_used_now_is_for_tokens_that_may_read_costs(product: Product) -> None:
    product.manage("demo_live")

    async def read(client: Client) -> tuple[list[str], Any]:
        listed = [str(each.uri) for each in (await client.list_resources()).resources]
        return listed, (await client.read_resource("costs://now")).contents

    listed, [contents] = ask(product, product.cost_reader("gil"), "auto", read)
    assert listed == [*URIS, "costs://now"]
    answer = json.loads(contents.text)
    assert answer["is_demo"] is True
    assert {each["cloud"] for each in answer["clouds"]} == {"aws", "azure", "gcp"}
    assert len(contents.text) < 40_000
    error = ask(product, product.token("hal"), "auto", read)
    assert "costs:read" in error.error.message


@MODES
def test_what_is_not_there_is_an_error_that_says_what_is(product: Product, mode: str) -> None:
    error = ask(
        product, product.token(f"bob-{mode}"), mode, lambda client: client.read_resource("pricing://prices")
    )

    assert error.error.code == INVALID_PARAMS
    assert error.error.message.startswith(
        "There is no resource pricing://prices. There are pricing://catalog,"
    )


@MODES
def test_prompts_are_those_of_the_scopes_and_are_filled(product: Product, mode: str) -> None:
    async def read(client: Client) -> tuple[list[str], Any, Any]:
        listed = [prompt.name for prompt in (await client.list_prompts()).prompts]
        filled = await client.get_prompt("compare_regions", {"resource": "e2-medium"})
        reference = PromptReference(name="compare_regions")
        offered = await client.complete(reference, {"name": "regions", "value": "europe-north"})
        return listed, filled.messages, offered.completion.values

    names, [message], offered = ask(product, product.cost_reader(f"eve-{mode}"), mode, read)
    assert names == [*PRICES, *COSTS]
    assert isinstance(message.content, TextContent)
    assert "e2-medium" in message.content.text
    assert "europe-north1" in offered
    names, _, _ = ask(product, product.token(f"dan-{mode}"), mode, read)
    assert names == PRICES


def test_a_prompt_about_costs_needs_their_scope(product: Product) -> None:
    error = ask(product, product.token("fay"), "auto", lambda client: client.get_prompt("budget_outlook"))

    assert "costs:read" in error.error.message


def test_reads_are_limited_and_counted_as_calls_of_tools_are(folder: Path, product: Product) -> None:
    token = product.token("cid")

    async def read(client: Client) -> list[str]:
        answers = []
        for _ in range(5):
            try:
                answers.append((await client.read_resource("pricing://catalog")).contents[0].mime_type or "")
            except MCPError as error:
                answers.append(error.error.message)
        await client.get_prompt("check_a_price", {"statement": "it is free"})
        return answers

    *read_first, refused = ask(product, token, "auto", read)
    assert read_first == ["application/json"] * 4
    assert refused.startswith("Rate limit reached: 4 resources/read calls per minute. Wait ")
    log = (folder / "server.log").read_text()
    assert "resource_call user=" in log
    assert "outcome=rate_limited" in log
    assert "it is free" not in log
