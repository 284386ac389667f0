"""The product's ASGI application with one tool more, which does nothing: what a call costs by itself."""

from __future__ import annotations

from typing import Any

from pricing_site.asgi import application  # sets Django up, so it comes first

__all__ = ["application"]

from typing_extensions import TypedDict

from mcp_api import server
from tools import prices_schema


class NoArguments(prices_schema.Arguments):
    pass


class NoAnswer(TypedDict):
    contract: str


def noop(_arguments: NoArguments) -> dict[str, Any]:
    """Do nothing."""
    return {"contract": "1"}


entry = server.Entry("No-op", NoArguments, NoAnswer, noop)
server.ENTRIES["noop"] = entry
server.TOOLS["noop"] = entry.tool("noop")
