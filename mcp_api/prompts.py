"""Prompts and the completion of their arguments (MCP specification, Server Features, Prompts)."""

from __future__ import annotations

import logging
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    PromptMessage,
    PromptReference,
    TextContent,
)

from catalog.errors import CatalogError
from mcp_api import callers
from mcp_api.resources import within_limits
from tools import prompts

logger = logging.getLogger(__name__)

NAME = "prompts/get"
MAX_NAME_LENGTH = 100


async def list_prompts(
    _context: ServerRequestContext[Any], _params: PaginatedRequestParams | None
) -> ListPromptsResult:
    scopes = callers.scopes()
    shown = {name: prompt for name, prompt in prompts.PROMPTS.items() if prompt.scope in scopes}
    return ListPromptsResult(prompts=[_described(name, prompt) for name, prompt in shown.items()])


async def get(_context: ServerRequestContext[Any], params: GetPromptRequestParams) -> GetPromptResult:
    prompt = prompts.PROMPTS.get(params.name)
    if prompt is None:
        known = ", ".join(prompts.PROMPTS)
        name = params.name[:MAX_NAME_LENGTH]
        raise MCPError(INVALID_PARAMS, f"Unknown prompt {name!r}. Prompts: {known}.")
    with callers.counted(NAME, "prompt") as call:
        try:
            text = await within_limits(
                call, NAME, prompt.scope, prompts.fill, params.name, params.arguments or {}
            )
        except CatalogError as error:
            call.outcome = error.code
            raise MCPError(INVALID_PARAMS, prompts.refusal_of(error)) from None
        call.outcome = "ok"
    message = PromptMessage(role="user", content=TextContent(text=text))
    return GetPromptResult(description=prompt.description, messages=[message])


async def complete(_context: ServerRequestContext[Any], params: CompleteRequestParams) -> CompleteResult:
    """Offer values that begin as was typed: names that no scope guards."""
    found: list[str] = []
    if isinstance(params.ref, PromptReference):
        found = prompts.complete(params.ref.name, params.argument.name, params.argument.value)
    return CompleteResult(completion=Completion(values=found, total=len(found), has_more=False))


def _described(name: str, prompt: prompts.Prompt) -> Prompt:
    return Prompt(
        name=name,
        title=prompt.title,
        description=prompt.description,
        arguments=[
            PromptArgument(name=each.name, description=each.description, required=each.required)
            for each in prompt.arguments
        ],
    )
