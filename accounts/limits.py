"""Limits of requests by address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

# The address that allauth's own limits count by: TRUSTED_PROXIES applies, and an IPv6 network is one address.
from allauth.core.internal.ratelimit import get_ip as address
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

__all__ = ["address", "forget", "limit_token_requests"]

View = Callable[[HttpRequest], HttpResponse]

# Each worker counts for itself: counting in the database takes a lock and more statements than a refresh
# does, and a hosted client that refreshes for all its users from one address would wait for that lock.
_storage = MemoryStorage()
_limiter = MovingWindowRateLimiter(_storage)


def limit_token_requests(view: View) -> View:
    """Refuse an address over TOKEN_REQUESTS_PER_MINUTE with 429."""

    @wraps(view)
    def limited(request: HttpRequest) -> HttpResponse:
        rate = RateLimitItemPerMinute(settings.TOKEN_REQUESTS_PER_MINUTE)
        return view(request) if _limiter.hit(rate, "token", address(request)) else respond_429(request)

    return limited


def forget() -> None:
    """Start counting anew."""
    _storage.reset()
