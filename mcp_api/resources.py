"""Resources (MCP specification, Server Features, Resources), limited and counted as tools are."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    ListResourcesResult,
    ListResourceTemplatesResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceTemplate,
    TextResourceContents,
)

from mcp_api import callers, step_up, turns
from tools import errors, limits, resources

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

# What is counted and limited together.
NAME = "resources/read"
# JSON-RPC's range for errors of a server's own (MCP specification 2026-07-28, Error Codes).
REFUSED = -32000
SKU = ResourceTemplate(
    name="sku",
    title="A SKU",
    uri_template=f"{resources.SKU_PREFIX}{{sku_id}}",
    description="A SKU in full, as details answers: price, tiers, regions.",
    mime_type=resources.JSON,
)


async def list_resources(
    _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
) -> ListResourcesResult:
    return ListResourcesResult(
        resources=[
            Resource(
                uri=each.uri,
                name=each.name,
                title=each.title,
                description=each.description,
                mime_type=each.mime_type,
            )
            for each in resources.listed().values()
            if _is_allowed(each.scope)
        ]
    )


async def list_templates(
    _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
) -> ListResourceTemplatesResult:
    return ListResourceTemplatesResult(resource_templates=[SKU] if _is_allowed(resources.SCOPE) else [])


async def read(_context: ServerRequestContext[Any], params: ReadResourceRequestParams) -> ReadResourceResult:
    uri = f"{params.uri}"
    with callers.counted(NAME, "resource") as call:
        try:
            mime_type, text = await within_limits(call, NAME, resources.scope_of(uri), resources.read, uri)
        except resources.RefusedError as error:
            call.outcome = error.error["code"]
            raise MCPError(INVALID_PARAMS, _told(error.error), {"uri": uri}) from None
        call.outcome = "ok"
    contents = TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return ReadResourceResult(contents=[contents])


async def within_limits(
    call: callers.Call, name: str, scope: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a function for a person who may, when it is their turn.

    Raises:
        MCPError: the token lacks the scope, or the person asks too much at once.
    """
    error = await callers.missing_scope(call.subject, scope)
    if not error and (wait := limits.count(name, call.subject)):
        error = errors.rate_limited(name, settings.TOOL_CALLS_PER_MINUTE, wait)
    if not error:
        of_scope = turns.OF_SCOPE[scope]
        try:
            return await of_scope.run(call.subject, function, *args, **kwargs)
        except turns.TooManyCallsError:
            error = errors.too_many_at_once(of_scope.max_running, turns.MAX_WAITING)
    call.outcome = error["code"]
    raise MCPError(REFUSED, _told(error))


def _is_allowed(scope: str) -> bool:
    if scope in callers.scopes():
        return True
    if not callers.scopes():
        step_up.current.get().ask_for([resources.SCOPE])
    return False


def _told(error: errors.Error) -> str:
    return " ".join(filter(None, [error["message"], error["hint"]]))
