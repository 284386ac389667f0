from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from mcp_types import TextContent, Tool

from mcp_api import server
from tests.catalog.factories import make_price, make_sku, make_update
from tests.harness.product import ROOT
from tools import registry
from tools.callers import Caller


def _wire(tool: Tool) -> dict[str, Any]:
    return tool.model_dump(by_alias=True, exclude_none=True)


def test_the_list_of_tools_shows_each_tool_of_the_registry_and_which_one_acts() -> None:
    assert [name for name, tool in registry.TOOLS.items() if tool.acts] == ["set_live_alert"]
    assert list(server.TOOLS) == list(registry.TOOLS)
    for name, tool in registry.TOOLS.items():
        assert _wire(server.TOOLS[name]) == {
            "name": name,
            "title": tool.title,
            "description": tool.description,
            "inputSchema": tool.listed_input,
            "outputSchema": tool.listed_output,
            "annotations": {
                "readOnlyHint": not tool.acts,
                "destructiveHint": tool.acts,
                "idempotentHint": True,
                "openWorldHint": False,
            },
        }


@pytest.mark.parametrize(
    ("scope", "limit"),
    [("pricing:read", 8_192), ("costs:read", 11_264), ("alerts:write", 1_280), ("costs:sql", 1_536)],
)
def test_the_tools_of_a_scope_are_listed_in_a_few_kilobytes(scope: str, limit: int) -> None:
    listed = [_wire(server.TOOLS[name]) for name, tool in registry.TOOLS.items() if tool.scope == scope]

    assert len(json.dumps(listed, separators=(",", ":")).encode()) < limit


def test_the_instructions_say_what_each_tool_is_for_and_which_scope_it_needs() -> None:
    assert all(name in server.INSTRUCTIONS for name in registry.TOOLS)
    assert "All need the scope costs:read;" in server.INSTRUCTIONS


def test_the_instructions_name_each_field_that_the_list_of_tools_leaves_out() -> None:
    assert all(re.search(rf"\b{name}\b", server.INSTRUCTIONS) for name in registry.COMMON_FIELDS)


def test_a_server_starts_without_the_engine_of_costs() -> None:
    code = "import sys, pricing_site.asgi; print('tools.costs' in sys.modules, 'duckdb' in sys.modules)"
    started = subprocess.run(  # noqa: S603 our own command
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert started.stdout.split() == ["True", "False"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "arguments", "is_error"),
    [
        ("search", {"query": "köln n2 core"}, False),
        ("details", {"sku_ids": ["22EB-AAE8-FBCD"]}, False),
        ("calculate", {"items": [{"sku_id": "22EB-AAE8-FBCD", "quantity": 1}]}, False),
        ("search", {"zone": "a"}, True),
        ("details", {}, True),
        ("calculate", {"items": [{"sku_id": "22EB-AAE8-FBCD", "quantity": 1, "unit": "GiB"}]}, True),
    ],
)
def test_the_text_of_a_result_equals_its_structured_content_and_errors_are_flagged(
    name: str, arguments: dict[str, Any], is_error: bool
) -> None:
    make_update()
    make_price(make_sku(sku_id="22EB-AAE8-FBCD", display_name="N2 Core in Köln"))

    result = server.respond(name, arguments, Caller(1))

    [text] = result.content
    assert isinstance(text, TextContent)
    assert json.loads(text.text) == result.structured_content
    assert result.is_error == is_error == ("error" in result.structured_content)
    # Kept as typed: an escaped letter costs an agent six characters.
    assert "\\u" not in text.text
