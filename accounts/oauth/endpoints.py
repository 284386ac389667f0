"""The endpoints that programs call: token, revocation and registration. They do not read cookies."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from oauth2_provider.views.mixins import OAuthLibMixin

from accounts import events
from accounts.errors import ClientMetadataError, TooManyClientsError
from accounts.limits import address, limit_token_requests
from accounts.oauth.registration import GRANT_TYPES, register

_library = OAuthLibMixin()
# What to do about the errors that oauthlib does not describe.
DESCRIPTIONS = {
    "invalid_client": (
        "The client is unknown or disabled, or its secret is wrong. "
        "Check client_id and client_secret, or register the client again."
    ),
    "invalid_grant": (
        "The code or refresh token is unknown, expired, revoked or used, is of another client, "
        "or code_verifier does not fit. Ask the person to authorize the client again."
    ),
}


def json_error(code: str, description: str, status: int = 400) -> JsonResponse:
    """An error response (RFC 6749 section 5.2, RFC 7591 section 3.2.2)."""
    return JsonResponse({"error": code, "error_description": description}, status=status)


@csrf_exempt
@require_POST
@limit_token_requests
def token(request: HttpRequest) -> HttpResponse:
    """The token endpoint (RFC 6749 section 3.2)."""
    if request.POST.get("grant_type") not in GRANT_TYPES:
        return json_error("unsupported_grant_type", f"grant_type must be one of {', '.join(GRANT_TYPES)}.")
    response = _respond(_library.create_token_response, request)
    if response.status_code != HTTPStatus.OK:
        grant = request.POST.get("grant_type", "")
        events.record("token_request_refused", client=_client_id(request), grant=grant)
    return response


@csrf_exempt
@require_POST
@limit_token_requests
def revocation(request: HttpRequest) -> HttpResponse:
    """The revocation endpoint (RFC 7009)."""
    response = _respond(_library.create_revocation_response, request)
    if response.status_code == HTTPStatus.OK:
        events.record("revocation", client=_client_id(request))
    return response


@csrf_exempt
@require_POST
@never_cache
@rate_limit(action="register")
def registration(request: HttpRequest) -> HttpResponse:
    """The registration endpoint (RFC 7591 section 3), open to anyone within its rate limit."""
    try:
        return JsonResponse(register(request.body, address(request)), status=201)
    except ClientMetadataError as error:
        return json_error(error.code, error.description)
    except TooManyClientsError as error:
        response = json_error("temporarily_unavailable", str(error), status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response


def _client_id(request: HttpRequest) -> str:
    """As the form says: a client that authenticates with HTTP Basic may leave it out."""
    return request.POST.get("client_id", "")


def _respond(endpoint: Callable[[HttpRequest], tuple[Any, ...]], request: HttpRequest) -> HttpResponse:
    """Call the library, except for requests that are ambiguous or malformed.

    Its views are not used: the token view also accepts device codes, and looks up a token that a concurrent
    request may have revoked.
    """
    if any(len(values) > 1 for name, values in request.POST.lists() if name != "resource"):
        return json_error("invalid_request", "A parameter is repeated.")
    try:
        _, headers, body, status = endpoint(request)
    except ValueError:  # the query is not URL-encoded
        return json_error("invalid_request", "The request is malformed.")
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **headers}
    return HttpResponse(_described(body or ""), status=status, headers=headers)


def _described(body: str) -> str:
    """The library's answer, with a description if it is an error without one."""
    answer = json.loads(body) if body else {}
    description = DESCRIPTIONS.get(answer.get("error", ""))
    if description is None or "error_description" in answer:
        return body
    return json.dumps({**answer, "error_description": description})
