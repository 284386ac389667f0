"""The MCP server: what tools/list shows, and what happens on tools/call."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import ValidationError

from catalog.errors import CatalogError
from mcp_api import threads
from tools import errors, json_schema, limits, prices, prices_schema

logger = logging.getLogger(__name__)

VERSION = "0.1.0"
INSTRUCTIONS = (
    "Google Cloud's list prices in USD. search finds SKUs, details shows them whole, calculate prices usage. "
    "Leave sums to calculate: it knows tiers, free allowances and units."
)
READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


@dataclass(frozen=True, slots=True)
class Entry:
    title: str
    arguments: type[prices_schema.Arguments]
    answer: type
    call: Callable[[Any], prices.Answer]

    def tool(self, name: str) -> Tool:
        return Tool(
            name=name,
            title=self.title,
            description=self.call.__doc__,
            input_schema=json_schema.of_arguments(self.arguments),
            output_schema=json_schema.of_answer(self.answer),
            annotations=READ_ONLY,
        )


ENTRIES: dict[str, Entry] = {
    "search": Entry("Search SKUs", prices_schema.SearchArguments, prices_schema.SearchAnswer, prices.search),
    "details": Entry(
        "SKU details", prices_schema.DetailsArguments, prices_schema.DetailsAnswer, prices.details
    ),
    "calculate": Entry(
        "Calculate cost", prices_schema.CalculateArguments, prices_schema.CalculateAnswer, prices.calculate
    ),
}
TOOLS = {name: entry.tool(name) for name, entry in ENTRIES.items()}


def respond(name: str, arguments: Mapping[str, Any]) -> CallToolResult:
    """The answer of the tool `name`; what the agent can mend comes back as an error it can read."""
    entry = ENTRIES[name]
    try:
        return _result(entry.call(entry.arguments.model_validate(arguments)))
    except ValidationError as error:
        return _failure(errors.of_arguments(error, entry.arguments))
    except CatalogError as error:
        return _failure(errors.of_catalog(error))
    except Exception:
        error_id = secrets.token_hex(4)
        logger.exception("Fault %s in tool %s", error_id, name)
        return _failure(errors.internal(error_id))


def _result(content: dict[str, Any], *, is_error: bool = False) -> CallToolResult:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return CallToolResult(content=[TextContent(text=text)], structured_content=content, is_error=is_error)


def _failure(error: errors.Error) -> CallToolResult:
    return _result({"contract": prices.CONTRACT, "error": error}, is_error=True)


async def _list_tools(
    _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
) -> ListToolsResult:
    return ListToolsResult(tools=list(TOOLS.values()))


async def _call_tool(_context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
    if params.name not in TOOLS:
        raise MCPError(INVALID_PARAMS, f"Unknown tool {params.name!r}. There are: {', '.join(TOOLS)}.")
    if wait := _wait_before(params.name):
        return _failure(errors.rate_limited(params.name, settings.TOOL_CALLS_PER_MINUTE, wait))
    return await threads.run(respond, params.name, params.arguments or {})


def _wait_before(tool: str) -> int:
    token = get_access_token()
    return limits.wait_before(tool, token.subject) if token and token.subject else 0


def _input_schema(name: str) -> Mapping[str, Any] | None:
    tool = TOOLS.get(name)
    return tool.input_schema if tool else None


server: Server[Any] = Server(
    "cloud-pricing",
    title="Google Cloud prices",
    version=VERSION,
    instructions=INSTRUCTIONS,
    cache_hints={"tools/list": CacheHint(ttl_ms=300_000, scope="public")},
    get_tool_input_schema=_input_schema,
    on_list_tools=_list_tools,
    on_call_tool=_call_tool,
)
