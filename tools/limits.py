"""How often a person may call a tool, so that one agent in a loop leaves room for the others."""

from __future__ import annotations

import math
import time

from django.conf import settings
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

# Each worker counts for itself: what is shared out is its processor, and a count in the database would
# cost more than most calls. What changes something is counted for all workers (settings.CACHES).
_limiter = FixedWindowRateLimiter(MemoryStorage())


def wait_before(tool: str, subject: str) -> int:
    """Seconds that `subject` has to wait before a call of `tool`; 0 where it may go on, which counts."""
    if not settings.TOOL_CALLS_PER_MINUTE:
        return 0
    rate = RateLimitItemPerMinute(settings.TOOL_CALLS_PER_MINUTE)
    if _limiter.hit(rate, subject, tool):
        return 0
    reset = _limiter.get_window_stats(rate, subject, tool).reset_time
    return max(1, math.ceil(reset - time.time()))
