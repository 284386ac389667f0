"""Rate limits per person and tool, so that an agent in a loop cannot starve the others."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from tools import registry
from tools.argument_forms import read_arguments

# Each worker counts for itself: the limit protects its processor, and a counter in the database would cost
# more than most calls. Limits on requests that change data are shared by all workers (settings.CACHES).
_limiter = FixedWindowRateLimiter(MemoryStorage())

# SKUs or items of a call that count as one call: 100 items take the server about four times as long as one.
ENTRIES_PER_CALL = 10


def retry_after(tool: str, subject: str, arguments: Mapping[str, Any]) -> int:
    """Count a call against the limit, several times if it has many SKUs or items.

    Args:
        tool: the name of the tool.
        subject: the person who calls, as the token's subject.
        arguments: the arguments of the call, as they were sent.

    Returns:
        Seconds to wait if the limit is reached; 0 if the call may proceed.
    """
    return count(tool, subject, _cost(tool, arguments)) if settings.TOOL_CALLS_PER_MINUTE else 0


def count(name: str, subject: str, cost: int = 1) -> int:
    """Count a call of a tool, or of something that is limited as tools are.

    Args:
        name: what is called.
        subject: the person who calls.
        cost: how many calls it counts as.

    Returns:
        Seconds to wait if the limit is reached; 0 if the call may proceed.
    """
    if not settings.TOOL_CALLS_PER_MINUTE:
        return 0
    rate = RateLimitItemPerMinute(settings.TOOL_CALLS_PER_MINUTE)
    # Under a very low limit, a large call needs a minute of its own.
    if _limiter.hit(rate, subject, name, cost=min(cost, rate.amount)):
        return 0
    reset = _limiter.get_window_stats(rate, subject, name).reset_time
    return max(1, math.ceil(reset - time.time()))


def _cost(tool: str, arguments: Mapping[str, Any]) -> int:
    """The number of calls that a call counts as: one for each ten SKUs or items that it begins."""
    read = read_arguments(registry.TOOLS[tool].arguments, arguments)
    entries = max((len(value) for value in read.values() if isinstance(value, list)), default=0)
    return max(1, math.ceil(entries / ENTRIES_PER_CALL))
