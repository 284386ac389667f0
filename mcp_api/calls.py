"""What is kept of each call, over whichever wire it came: a log line, the person's count, and metrics.

Not the arguments: they may say what a person works on.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
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
    for _outcome in ("internal_error", "unavailable"):
        CALLS.labels(Wire.MCP, _tool, _outcome)
SECONDS = Histogram(
    "cloud_pricing_tool_call_duration_seconds",
    "How long calls took, with the time that they waited for a turn.",
    ["wire", "tool"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that has ended.

    Args:
        kind: what was called: tool, resource, prompt, or api for what came over /api/.
        name: the name of a tool of ours, or of what there is beside them; there are few.
        user: who called, as the token's subject.
        client: by which client; "" is the person's own browser.
        seconds: how long it took.
        outcome: "ok", an error's code, or "cancelled".
    """

    kind: str
    name: str
    user: str
    client: str
    seconds: float
    outcome: str


def record(call: Call) -> None:
    """Record a call."""
    wire = Wire.API if call.kind == "api" else Wire.MCP
    milliseconds = round(call.seconds * 1000)
    values = {"user": call.user, "client": call.client, "tool": call.name}
    events.log(logger, f"{call.kind}_call", **values, ms=milliseconds, outcome=call.outcome)
    CALLS.labels(wire, call.name, call.outcome).inc()
    SECONDS.labels(wire, call.name).observe(call.seconds)
    if call.user and usage.count(int(call.user), call.name, milliseconds, failed=call.outcome != "ok"):
        # Of those that wait to be written, the first has all written in time.
        threads.writes.submit_later(usage.WRITTEN_AFTER, usage.flush)
