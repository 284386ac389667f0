"""Answers and errors as responses, in the form that tools have."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse

from catalog.errors import CatalogError
from mcp_api import calls
from mcp_api.turns import MAX_WAITING, TooManyCallsError
from rest_api import turns
from rest_api.access import Caller, RefusedError
from tools import errors, limits, registry

logger = logging.getLogger(__name__)

Answer = dict[str, Any]

_STATUSES = {
    "not_found": HTTPStatus.NOT_FOUND,
    "not_loaded": HTTPStatus.NOT_FOUND,
    "forbidden_scope": HTTPStatus.FORBIDDEN,
    "rate_limited": HTTPStatus.TOO_MANY_REQUESTS,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
}
# What was sent may be quoted in it.
MAX_MESSAGE = 1000


def answered(request: HttpRequest, name: str, answer: Callable[[], Answer]) -> HttpResponse:
    """Answer a request within its sender's limits.

    Args:
        request: the request of a caller.
        name: what is asked, by which calls are counted.
        answer: returns the answer, or an error in the form of tools.
    """
    caller = _caller(request)
    began = time.monotonic()
    if wait := limits.count(name, f"{caller.user_id}"):
        content = _failure(errors.rate_limited(name, settings.TOOL_CALLS_PER_MINUTE, wait))
    else:
        content = _in_turn(caller, answer)
    outcome = content["error"]["code"] if "error" in content else "ok"
    seconds = time.monotonic() - began
    calls.record(calls.Call("api", name, f"{caller.user_id}", caller.client, seconds, outcome))
    response = respond(content)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        response.headers["Retry-After"] = f"{wait or 1}"
    return response


def respond(content: Answer) -> HttpResponse:
    status = HTTPStatus.OK
    if "error" in content:
        error = content["error"]
        error["message"] = error["message"][:MAX_MESSAGE]
        status = _STATUSES.get(error["code"], HTTPStatus.BAD_REQUEST)
    response = JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def refuse(_request: HttpRequest, refusal: RefusedError) -> HttpResponse:
    """The response to a request of nobody who may ask."""
    response = respond(_failure(refusal.error))
    response.status_code = refusal.status
    if refusal.challenge:
        response.headers["WWW-Authenticate"] = refusal.challenge
    return response


def away(error: Exception) -> HttpResponse:
    """The response while the database does not answer."""
    response = respond(_away(error))
    response.headers["Retry-After"] = f"{errors.RETRY_SECONDS}"
    return response


def not_found(_request: HttpRequest, **_rest: str) -> HttpResponse:
    """The response at an address of nothing."""
    hint = "/api/openapi.json describes what there is."
    return respond(_failure(_error("not_found", "There is nothing at this address.", hint)))


def _in_turn(caller: Caller, answer: Callable[[], Answer]) -> Answer:
    try:
        with turns.questions.turn(caller.user_id):
            return answer()
    except TooManyCallsError:
        return _failure(errors.too_many_at_once(1, MAX_WAITING))
    except CatalogError as error:
        return _failure(errors.from_catalog_error(error))
    except SuspiciousOperation:
        return _failure(_error("invalid_argument", "The request has too many arguments.", "Send fewer."))
    except Exception as error:
        if errors.is_database_fault(error):
            return _away(error)
        error_id = secrets.token_hex(4)
        logger.exception("Error %s in the API", error_id)
        return _failure(errors.internal(error_id))


def _away(error: Exception) -> Answer:
    logger.error("The database failed in the API: %s", error)
    return _failure(errors.unavailable())


def _error(code: str, message: str, hint: str) -> errors.Error:
    return {"code": code, "message": message, "hint": hint, "candidates": []}


def _failure(error: errors.Error) -> Answer:
    return registry.failure(error).content


def _caller(request: HttpRequest) -> Caller:
    caller: Caller = request.auth  # type: ignore[attr-defined]  # what the library calls who asks
    return caller
