"""What Google's client for BigQuery raises, and which of it is about credentials, quotas or the network."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import TimeoutError as TookTooLongError

from google.api_core import exceptions as api
from google.auth import exceptions as auth
from requests import exceptions as http

_BUSY = frozenset({"quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded"})
_UNREACHABLE = (
    api.RetryError,
    api.ServerError,
    auth.TransportError,
    http.ConnectionError,
    http.Timeout,
    http.ChunkedEncodingError,
    ConnectionError,
    TookTooLongError,
)
RAISED = (api.GoogleAPICallError, auth.GoogleAuthError, *_UNREACHABLE)
OVER_BOUND = "bytesBilledLimitExceeded"


def cause_of(error: BaseException) -> BaseException:
    """The error that was tried again in vain, if it was one of a quota."""
    cause = error.cause if isinstance(error, api.RetryError) else None
    return cause if isinstance(cause, BaseException) and reason(cause) in _BUSY else error


def reason(error: BaseException) -> str:
    errors = getattr(error, "errors", None) or [{}]
    return f"{errors[0].get('reason', '')}" if isinstance(errors[0], Mapping) else ""


def is_busy(error: BaseException) -> bool:
    """Whether a quota is used up, or requests are throttled."""
    return reason(error) in _BUSY or isinstance(error, api.TooManyRequests)


def is_passing(error: BaseException) -> bool:
    """Whether it may be gone when one asks again."""
    is_retryable = isinstance(error, auth.GoogleAuthError) and bool(getattr(error, "retryable", False))
    return isinstance(error, _UNREACHABLE) or is_retryable


def is_of_credentials(error: BaseException) -> bool:
    return isinstance(error, auth.GoogleAuthError | api.Unauthorized) and not is_passing(error)


def of_credentials(error: BaseException) -> str:
    """What is wrong with the credentials, and what to do."""
    if isinstance(error, auth.DefaultCredentialsError):
        return (
            "There are no credentials of Google Cloud: attach a service account to this machine, set "
            "GOOGLE_APPLICATION_CREDENTIALS to the file of one, or run gcloud auth application-default login."
        )
    return (
        "The credentials of Google Cloud have expired or were revoked: run gcloud auth application-default "
        "login again, or give the service account a new key."
    )


def first_line(error: BaseException) -> str:
    """What BigQuery says, without the lines after the first one and its full stop."""
    message = f"{getattr(error, 'message', '') or error}"
    return message.splitlines()[0].rstrip(".") if message else type(error).__name__
