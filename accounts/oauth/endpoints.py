"""The endpoints that programs call: token, revocation, registration, metadata. None of them sees a cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from oauth2_provider.views.mixins import OAuthLibMixin

from accounts.errors import ClientMetadataError
from accounts.oauth.registration import GRANT_TYPES, register

_library = OAuthLibMixin()


def json_error(code: str, description: str, status: int = 400) -> JsonResponse:
    """An error as RFC 6749 section 5.2 and RFC 7591 section 3.2.2 have it."""
    return JsonResponse({"error": code, "error_description": description}, status=status)


@csrf_exempt
@require_POST
@rate_limit(action="token")
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 section 3.2."""
    if request.POST.get("grant_type") not in GRANT_TYPES:
        return json_error("unsupported_grant_type", f"grant_type must be one of {', '.join(GRANT_TYPES)}.")
    return _answer(_library.create_token_response, request)


@csrf_exempt
@require_POST
@rate_limit(action="token")
def revocation(request: HttpRequest) -> HttpResponse:
    """RFC 7009."""
    return _answer(_library.create_revocation_response, request)


@csrf_exempt
@require_POST
@never_cache
@rate_limit(action="register")
def registration(request: HttpRequest) -> HttpResponse:
    """RFC 7591 section 3: anyone may register, a few times an hour."""
    try:
        return JsonResponse(register(request.body), status=201)
    except ClientMetadataError as error:
        return json_error(error.code, error.description)


def _answer(endpoint: Callable[[HttpRequest], tuple[Any, ...]], request: HttpRequest) -> HttpResponse:
    """What the library answers, but for requests that it would read in one of two ways, or not at all.

    Its views are not used: that of tokens takes device codes too, and looks for what a racing request may
    have revoked.
    """
    if any(len(values) > 1 for name, values in request.POST.lists() if name != "resource"):
        return json_error("invalid_request", "A parameter came more than once.")
    try:
        _, headers, body, status = endpoint(request)
    except ValueError:  # the query is not URL-encoded
        return json_error("invalid_request", "The request is not well formed.")
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **headers}
    return HttpResponse(body or "", status=status, headers=headers)
