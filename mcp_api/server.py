"""The MCP server, and its tools (MCP specification, Server Features, Tools)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from mcp.server.caching import CacheableMethod, CacheHint
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

from mcp_api import callers, prompts, resources, step_up, turns
from mcp_api.registry_entry import TITLE
from tools import errors, limits, registry
from tools.callers import Caller
from tools.version import product_version

MAX_NAME_LENGTH = 100
LISTS: tuple[CacheableMethod, ...] = (
    "tools/list",
    "resources/list",
    "resources/templates/list",
    "prompts/list",
)
INSTRUCTIONS = (
    "Google Cloud list prices in USD. search finds SKUs, details shows them in full, calculate prices usage. "
    "Leave the arithmetic to calculate: it knows tiers, free allowances and units.\n"
    "What AI and clouds have cost, from bills, in their currency: query_costs adds it up by model, customer, "
    "month and so on, explain_cost shows what a sum is made of, forecast_costs looks to the month's end, "
    "find_anomalies tells odd days and their causes, budget_status how budgets stand, "
    "compare_models what the same tokens cost at other models. "
    "What is used now, before a bill has it: live_usage counts tokens, live_cost estimates what they cost. "
    "All need the scope costs:read; set_live_alert, which has a person told above a cost an hour, needs "
    "alerts:write, and run_cost_sql, which answers what they cannot, costs:sql.\n"
    "Fields of most answers, which the list of tools leaves out: hint; as_of, start and end, the time asked "
    "about; catalog and loads, how new prices and bills are; currency; query_cost, what was read; "
    "rows_left_out; next_cursor; contract, its version.\n"
    "Say beside each figure if its answer is_demo or is_estimate, and what its hint says is missing."
)
READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
# It may change what was set before.
ACTS = ToolAnnotations(
    read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False
)


def tool_definition(name: str, tool: registry.Tool) -> Tool:
    """The tool as tools/list shows it."""
    return Tool(
        name=name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.listed_input,
        output_schema=tool.listed_output,
        annotations=ACTS if tool.acts else READ_ONLY,
    )


TOOLS = {name: tool_definition(name, tool) for name, tool in registry.TOOLS.items()}


def respond(name: str, arguments: Mapping[str, Any], caller: Caller) -> CallToolResult:
    """Call a tool. Errors are results too, so that the agent can read and correct them."""
    return _result(registry.call(name, arguments, caller))


def _result(result: registry.Result) -> CallToolResult:
    text = json.dumps(result.content, ensure_ascii=False, separators=(",", ":"))
    return CallToolResult(
        content=[TextContent(text=text)], structured_content=result.content, is_error=result.is_error
    )


async def _list_tools(
    _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
) -> ListToolsResult:
    scopes = callers.scopes()
    tools = [TOOLS[name] for name, tool in registry.TOOLS.items() if tool.scope in scopes]
    if not tools:
        step_up.current.get().ask_for([settings.MCP_SCOPE])
    return ListToolsResult(tools=tools)


async def _call_tool(_context: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
    if params.name not in TOOLS:
        name = params.name[:MAX_NAME_LENGTH]
        known = ", ".join(known for known, tool in registry.TOOLS.items() if tool.scope in callers.scopes())
        raise MCPError(INVALID_PARAMS, f"Unknown tool {name!r}. Tools: {known}.")
    with callers.counted(params.name) as call:
        scope = registry.TOOLS[params.name].scope
        if error := await callers.missing_scope(call.subject, scope):
            result = _result(registry.failure(error))
        else:
            result = await _limited(call, params.name, params.arguments or {})
        call.outcome = result.structured_content["error"]["code"] if result.is_error else "ok"
        return result


async def _limited(call: callers.Call, name: str, arguments: Mapping[str, Any]) -> CallToolResult:
    if wait := limits.retry_after(name, call.subject, arguments):
        error = errors.rate_limited(name, settings.TOOL_CALLS_PER_MINUTE, wait)
        return _result(registry.failure(error))
    of_tool = turns.OF_SCOPE[registry.TOOLS[name].scope]
    try:
        caller = Caller(int(call.subject), call.client)
        return await of_tool.run(call.subject, respond, name, arguments, caller)
    except turns.TooManyCallsError:
        return _result(registry.failure(errors.too_many_at_once(of_tool.max_running, turns.MAX_WAITING)))


def _input_schema(name: str) -> Mapping[str, Any] | None:
    tool = TOOLS.get(name)
    return tool.input_schema if tool else None


server: Server[Any] = Server(
    "cloud-pricing",
    title=TITLE,
    version=product_version(),
    instructions=INSTRUCTIONS,
    cache_hints=dict.fromkeys(LISTS, CacheHint(ttl_ms=300_000, scope="private")),
    get_tool_input_schema=_input_schema,
    on_list_tools=_list_tools,
    on_call_tool=_call_tool,
    on_list_resources=resources.list_resources,
    on_list_resource_templates=resources.list_templates,
    on_read_resource=resources.read,
    on_list_prompts=prompts.list_prompts,
    on_get_prompt=prompts.get,
    on_completion=prompts.complete,
)
