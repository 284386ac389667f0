"""Rate limits per person and tool, so that an agent in a loop cannot starve the others."""

from __future__ import annotations

import math
import time

from django.conf import settings
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

# Each worker counts for itself: the limit protects its processor, and a counter in the database would cost
# more than most calls. Limits on requests that change data are shared by all workers (settings.CACHES).
_limiter = FixedWindowRateLimiter(MemoryStorage())


def retry_after(tool: str, subject: str) -> int:
    """Count a call against the limit.

    Args:
        tool: the name of the tool.
        subject: the person who calls, as the token's subject.

    Returns:
        Seconds to wait if the limit is reached; 0 if the call may proceed.
    """
    if not settings.TOOL_CALLS_PER_MINUTE:
        return 0
    rate = RateLimitItemPerMinute(settings.TOOL_CALLS_PER_MINUTE)
    if _limiter.hit(rate, subject, tool):
        return 0
    reset = _limiter.get_window_stats(rate, subject, tool).reset_time
    return max(1, math.ceil(reset - time.time()))
