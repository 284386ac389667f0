"""The product's application with a tool that runs until a file exists: HELD_UNTIL names it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from pricing_site.asgi import application  # sets Django up, so it comes first

__all__ = ["application"]

from typing_extensions import TypedDict

from mcp_api import server
from tools import prices_schema, registry


class NoArguments(prices_schema.Arguments):
    pass


class Answer(TypedDict):
    contract: str


def block(_arguments: NoArguments) -> dict[str, Any]:
    """Wait."""
    while not Path(os.environ["HELD_UNTIL"]).exists():
        time.sleep(0.02)
    return {"contract": "1"}


registry.TOOLS["block"] = registry.Tool("Block", NoArguments, Answer, block)
server.TOOLS["block"] = server.tool_definition("block", registry.TOOLS["block"])
