"""The product's ASGI application with a no-op tool, to measure the cost of a call itself."""

from __future__ import annotations

from typing import Any

from pricing_site.asgi import application  # sets Django up, so it comes first

__all__ = ["application"]

from typing_extensions import TypedDict

from mcp_api import server
from tools import prices_schema, registry


class NoArguments(prices_schema.Arguments):
    pass


class NoAnswer(TypedDict):
    contract: str


def noop(_arguments: NoArguments) -> dict[str, Any]:
    """Do nothing."""
    return {"contract": "1"}


registry.TOOLS["noop"] = registry.Tool("No-op", NoArguments, NoAnswer, noop)
server.TOOLS["noop"] = server.tool_definition("noop", registry.TOOLS["noop"])
