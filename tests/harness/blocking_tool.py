"""The product's application with tools that run until a file exists, which HELD_UNTIL names.

Each leaves a file beside it when it begins.
"""

from __future__ import annotations

import os
import secrets
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
    release = Path(os.environ["HELD_UNTIL"])
    release.with_name(f"running-{secrets.token_hex(4)}").touch()
    while not release.exists():
        time.sleep(0.02)
    return {"contract": "1"}


for name, scope in (("block", "pricing:read"), ("block_costs", "costs:read")):
    registry.TOOLS[name] = registry.Tool("Block", NoArguments, Answer, block, scope=scope)
    server.TOOLS[name] = server.tool_definition(name, registry.TOOLS[name])
