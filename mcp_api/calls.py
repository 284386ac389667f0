"""What is kept of each call, over whichever wire it came: a log line, the person's count, and metrics.

Not the arguments: they may say what a person works on.
"""

from __future__ import annotations

import logging
from enum import StrEnum

from prometheus_client import Counter, Histogram

from accounts import events, usage
from mcp_api import threads
from tools import registry

logger = logging.getLogger(__name__)


class Wire(StrEnum):
    """How a call came."""

    MCP = "mcp"
    API = "api"


CALLS = Counter("cloud_pricing_tool_calls", "Calls of tools.", ["wire", "tool", "outcome"])
# From the start at 0, so that the first one is an increase.
for _tool in registry.TOOLS:
    CALLS.labels(Wire.MCP, _tool, "internal_error")
SECONDS = Histogram(
    "cloud_pricing_tool_call_duration_seconds",
    "How long calls took, with the time that they waited for a turn.",
    ["wire", "tool"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def record(wire: Wire, tool: str, *, user: str, client: str, seconds: float, outcome: str) -> None:
    """Record a call.

    Args:
        wire: how it came.
        tool: the name of a tool of ours, or of what /api/ has beside them.
        user: who called, as the token's subject.
        client: by which client; "" is the person's own browser.
        seconds: how long it took.
        outcome: "ok", an error's code, or "cancelled".
    """
    milliseconds = round(seconds * 1000)
    event = "tool_call" if wire is Wire.MCP else "api_call"
    events.log(logger, event, user=user, client=client, tool=tool, ms=milliseconds, outcome=outcome)
    CALLS.labels(wire, tool, outcome).inc()
    SECONDS.labels(wire, tool).observe(seconds)
    if user and usage.count(int(user), tool, milliseconds, failed=outcome != "ok"):
        # Of those that wait to be written, the first has all written in time.
        threads.writes.submit_later(usage.WRITTEN_AFTER, usage.flush)
