"""Limits of searches by address, which need no sign-in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from accounts.limits import address
from catalog.errors import CatalogError
from console.pages import Page

# Each worker counts for itself, as for calls of tools: the limit protects its processor.
_storage = MemoryStorage()
_limiter = MovingWindowRateLimiter(_storage)


class TooManySearchesError(CatalogError):
    code = "rate_limited"


def limited(view: Callable[..., Page]) -> Callable[..., Page]:
    """Refuse an address over PAGE_SEARCHES_PER_MINUTE; searches as it types count by a limit of their own."""

    @wraps(view)
    def counted(request: HttpRequest, **arguments: str) -> Page:
        refuse_many(request)
        return view(request, **arguments)

    return counted


def refuse_many(request: HttpRequest) -> None:
    """Count a request.

    Raises:
        TooManySearchesError: the address has reached its limit.
    """
    is_typed = "HX-Request" in request.headers
    limit = settings.PAGE_TYPED_SEARCHES_PER_MINUTE if is_typed else settings.PAGE_SEARCHES_PER_MINUTE
    kind = "typed" if is_typed else "search"
    if limit and not _limiter.hit(RateLimitItemPerMinute(limit), kind, address(request)):
        raise TooManySearchesError(
            f"There were {limit} searches from your address in the last minute.",
            hint="Wait a minute. Agents with a token have a limit of their own.",
        )


def forget() -> None:
    """Start counting anew."""
    _storage.reset()
