"""Limits of searches by address, which need no sign-in, and of questions by person."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItemPerHour, RateLimitItemPerMinute
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


class TooManyQuestionsError(CatalogError):
    code = "rate_limited"


def limited(view: Callable[..., Page]) -> Callable[..., Page]:
    """Refuse an address over PAGE_SEARCHES_PER_MINUTE."""

    @wraps(view)
    def counted(request: HttpRequest, **arguments: str) -> Page:
        count_search(request)
        return view(request, **arguments)

    return counted


def limited_while_typing(view: Callable[..., Page]) -> Callable[..., Page]:
    """As `limited`; searches that a page makes while somebody types count by a limit of their own."""

    @wraps(view)
    def counted(request: HttpRequest, **arguments: str) -> Page:
        count_search(request, is_typed="HX-Request" in request.headers)
        return view(request, **arguments)

    return counted


def count_search(request: HttpRequest, *, is_typed: bool = False) -> None:
    """Count a search, an estimate or a list of prices.

    Raises:
        TooManySearchesError: the address has reached its limit.
    """
    limit = settings.PAGE_TYPED_SEARCHES_PER_MINUTE if is_typed else settings.PAGE_SEARCHES_PER_MINUTE
    if limit and not _limiter.hit(RateLimitItemPerMinute(limit), f"search {is_typed}", address(request)):
        raise TooManySearchesError(
            f"There were {limit} searches from your address in the last minute.",
            hint="Wait a minute. Agents with a token have a limit of their own.",
        )


def count_kept(request: HttpRequest) -> None:
    """Count an estimate that is to be kept: who kept many would push out those of others.

    Raises:
        TooManySearchesError: the address has reached its limit.
    """
    limit = settings.KEPT_ESTIMATES_PER_HOUR
    if limit and not _limiter.hit(RateLimitItemPerHour(limit), "kept", address(request)):
        raise TooManySearchesError(
            f"Your address has had {limit} estimates kept in the last hour.",
            hint="Wait, or price the file with manage.py estimate.",
        )


def count_question(person: int) -> None:
    """Count a question in words, or a shared one.

    Args:
        person: the id of who asks.

    Raises:
        TooManyQuestionsError: they have reached QUESTIONS_PER_MINUTE.
    """
    limit = settings.QUESTIONS_PER_MINUTE
    if limit and not _limiter.hit(RateLimitItemPerMinute(limit), "question", f"{person}"):
        raise TooManyQuestionsError(
            f"You have asked {limit} questions in the last minute.", hint="Wait a minute, and ask again."
        )


def forget() -> None:
    """Start counting anew."""
    _storage.reset()
