"""The intake of calls: traces of OpenTelemetry, and LiteLLM's callback. Who sends needs a scope of its own.

It is answered once what was sent is written, so a sender that gets no answer sends it again, and nothing is
counted twice (live/intake/accept.py). What was sent is neither kept nor logged beyond what is counted.
"""

from __future__ import annotations

import json
import logging
import math
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from prometheus_client import Counter

from accounts.errors import InvalidTokenError
from accounts.oauth import tokens
from accounts.oauth.challenge import challenge
from live.intake import litellm as litellm_payloads
from live.intake import otlp
from live.intake.accept import accept, tidy
from live.intake.batch import Batch, batch_of
from live.intake.errors import MalformedBodyError, NotInstalledError, TooLargeBodyError
from live.intake.otlp import Entry, Tags
from mcp_api.token_use import record_use
from mcp_api.turns import TooManyCallsError
from rest_api.turns import Turns
from tools import errors

logger = logging.getLogger(__name__)

CALLS = Counter("cloud_pricing_intake_calls", "Calls of models that were sent to the intake.", ["outcome"])
for _outcome in ("counted", "revised", "repeated", "ignored", "rejected"):
    CALLS.labels(_outcome)  # from the start at 0, so that the first one is an increase
JSON, PROTOBUF = "application/json", "application/x-protobuf"
# Of a body once it is unpacked; what comes over the wire is bounded by pricing_site/request_body.py.
MAX_BYTES = 16 * 1024 * 1024
_GZIP = 31
_TIDY_SECONDS = 3600
_SCOPE = settings.INTAKE_SCOPE

Read = Callable[[bytes, Tags], Iterator[Entry]]

# One request at a time is read and written in a process, so that the other questions keep their processors.
turns = Turns(1)
_limiter = FixedWindowRateLimiter(MemoryStorage())


class RefusedError(Exception):
    """A request that is not taken.

    Args:
        status: of the response.
        message: what is wrong and what to do, without what was sent.
        headers: of the response.
    """

    def __init__(self, status: HTTPStatus, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, headers or {}


@dataclass(slots=True)
class _Tidied:
    """When this process last deleted what is kept no longer."""

    at: float = -math.inf


_tidied = _Tidied()


@csrf_exempt
@require_POST
def traces(request: HttpRequest) -> HttpResponse:
    """Take the calls in an ExportTraceServiceRequest (OTLP specification, "OTLP/HTTP")."""
    is_json = request.content_type != PROTOBUF
    answer = otlp.answer_in_json if is_json else otlp.answer_in_protobuf
    try:
        if request.content_type not in (JSON, PROTOBUF):
            raise _unsupported(f"Send {PROTOBUF} or {JSON}.")
        batch = _take(request, otlp.from_json if is_json else otlp.from_protobuf)
        body = answer(batch.rejected.total(), batch.refusal)
    except RefusedError as refusal:
        told = json.dumps({"message": refusal.message}).encode()
        body = told if is_json else otlp.status_in_protobuf(refusal.message)
        return _respond(body, JSON if is_json else PROTOBUF, refusal)
    return _respond(body, JSON if is_json else PROTOBUF)


@csrf_exempt
@require_POST
def litellm(request: HttpRequest) -> HttpResponse:
    """Take the calls that LiteLLM's generic API callback sends."""
    try:
        batch = _take(request, litellm_payloads.from_json)
    except RefusedError as refusal:
        return _respond(json.dumps({"message": refusal.message}).encode(), JSON, refusal)
    said = {"rejected": batch.rejected.total(), "message": batch.refusal or None}
    return _respond(json.dumps(said).encode(), JSON)


def _respond(body: bytes, content_type: str, refusal: RefusedError | None = None) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response.headers["Cache-Control"] = "no-store"
    if refusal:
        response.status_code = refusal.status
        for name, value in refusal.headers.items():
            response.headers[name] = value
    return response


def _take(request: HttpRequest, read: Read) -> Batch:
    """Count the calls of a request.

    Raises:
        RefusedError: nothing of it is counted.
    """
    try:
        person = _sender(request)
        with turns.turn(person):
            return _counted(person, _unpacked(request), read, timezone.now())
    except TooManyCallsError:
        raise _later("Too many requests of yours wait.", 1) from None
    except (MalformedBodyError, NotInstalledError, TooLargeBodyError) as error:
        statuses = {
            NotInstalledError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            TooLargeBodyError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        }
        raise RefusedError(statuses.get(type(error), HTTPStatus.BAD_REQUEST), f"{error}") from error
    except Exception as error:
        if not errors.is_database_fault(error):
            raise
        logger.error("The database failed at the intake: %s", error)  # noqa: TRY400 as elsewhere
        wait = {"Retry-After": f"{errors.RETRY_SECONDS}"}
        said = "The database does not answer. Send it again."
        raise RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, said, wait) from error


def _counted(person: int, body: bytes, read: Read, now: datetime) -> Batch:
    entries = list(read(body, Tags(settings.INTAKE_CUSTOMER, settings.INTAKE_FEATURE)))
    _limit(person, len(entries))
    batch = batch_of(entries, now)
    if batch.calls:
        found = accept(batch.calls, person, now)
        for outcome in ("counted", "revised", "repeated"):
            CALLS.labels(outcome).inc(getattr(found, outcome))
    CALLS.labels("ignored").inc(batch.ignored)
    CALLS.labels("rejected").inc(batch.rejected.total())
    _tidy(now)
    return batch


def _sender(request: HttpRequest) -> int:
    """The id of the person whose token it is."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        said = (
            f"Send Authorization: Bearer and a token with the scope {_SCOPE}; the page Account makes tokens."
        )
        raise RefusedError(HTTPStatus.UNAUTHORIZED, said, {"WWW-Authenticate": challenge(_SCOPE)})
    try:
        bearer = tokens.verify(token.strip())
    except InvalidTokenError as error:
        asks = challenge(_SCOPE, "invalid_token", error.description)
        raise RefusedError(HTTPStatus.UNAUTHORIZED, error.description, {"WWW-Authenticate": asks}) from error
    if bearer.is_use_due:
        record_use(bearer.token_id)
    if _SCOPE not in bearer.scope.split():
        asks = challenge(_SCOPE, "insufficient_scope", f"Required scope: {_SCOPE}")
        said = f"The token lacks the scope {_SCOPE}: make one with it on the page Account."
        raise RefusedError(HTTPStatus.FORBIDDEN, said, {"WWW-Authenticate": asks})
    return bearer.user_id


def _limit(person: int, calls: int) -> None:
    rate = RateLimitItemPerMinute(settings.INTAKE_CALLS_PER_MINUTE)
    # A request with more than a minute's calls has a minute of its own.
    if not _limiter.hit(rate, f"{person}", cost=max(1, min(calls, rate.amount))):
        reset = _limiter.get_window_stats(rate, f"{person}").reset_time
        wait = max(1, math.ceil(reset - time.time()))
        raise _later(f"Over {rate.amount:,} calls a minute.", wait)


def forget_limits() -> None:
    """Start counting anew, as a test has to."""
    _limiter.storage.reset()


def _later(why: str, seconds: int) -> RefusedError:
    wait = {"Retry-After": f"{seconds}"}
    return RefusedError(HTTPStatus.TOO_MANY_REQUESTS, f"{why} Send it again in {seconds} s.", wait)


def _unsupported(what: str) -> RefusedError:
    return RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, what)


def _unpacked(request: HttpRequest) -> bytes:
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    body: bytes = request.read()
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise _unsupported("Pack the body with gzip, or not at all.")
    unpacked = zlib.decompressobj(_GZIP)
    try:
        found = unpacked.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise MalformedBodyError("The body is not packed with gzip.") from error
    if unpacked.unconsumed_tail:
        raise TooLargeBodyError(f"The body has over {MAX_BYTES:,} bytes unpacked: send smaller batches.")
    if not unpacked.eof:
        raise MalformedBodyError("The packed body ends early.")
    return found


def _tidy(now: datetime) -> None:
    if time.monotonic() - _tidied.at >= _TIDY_SECONDS:
        _tidied.at = time.monotonic()
        tidy(now)
