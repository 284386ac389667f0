"""The endpoints that programs call: token, revocation, registration, metadata. None of them sees a cookie."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from oauth2_provider.views.base import RevokeTokenView, TokenView

from accounts.errors import ClientMetadataError
from accounts.oauth.registration import GRANT_TYPES, register

View = Callable[[HttpRequest], HttpResponse]

_token = cast("View", TokenView.as_view())
_revocation = cast("View", RevokeTokenView.as_view())


def json_error(code: str, description: str, status: int = 400) -> JsonResponse:
    """An error as RFC 6749 section 5.2 and RFC 7591 section 3.2.2 have it."""
    return JsonResponse({"error": code, "error_description": description}, status=status)


@csrf_exempt
@require_POST
@rate_limit(action="token")
def token(request: HttpRequest) -> HttpResponse:
    """RFC 6749 section 3.2. The library's view also takes device codes, which are not served."""
    if request.POST.get("grant_type") not in GRANT_TYPES:
        return json_error("unsupported_grant_type", f"grant_type must be one of {', '.join(GRANT_TYPES)}.")
    return _strictly(_token, request)


@csrf_exempt
@require_POST
@rate_limit(action="token")
def revocation(request: HttpRequest) -> HttpResponse:
    """RFC 7009."""
    return _strictly(_revocation, request)


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


def _strictly(view: View, request: HttpRequest) -> HttpResponse:
    """Refuse what oauthlib would read in one of two ways, or not at all."""
    if any(len(values) > 1 for name, values in request.POST.lists() if name != "resource"):
        return json_error("invalid_request", "A parameter came more than once.")
    try:
        response = view(request)
    except ValueError:  # the query is not URL-encoded
        return json_error("invalid_request", "The request is not well formed.")
    response.headers.setdefault("Cache-Control", "no-store")
    if response.content:
        response.headers["Content-Type"] = "application/json"
    return response
