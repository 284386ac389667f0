"""What Google's client for BigQuery raises, in a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import TimeoutError as TookTooLongError

from google.api_core import exceptions as api
from google.auth import exceptions as auth
from requests import exceptions as http

from costs.errors import LoadError
from costs.providers.bigquery_place import Place

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


class OverBoundError(LoadError):
    """A query would read more than its source may."""


def reason(error: BaseException) -> str:
    errors = getattr(error, "errors", None) or [{}]
    return f"{errors[0].get('reason', '')}" if isinstance(errors[0], Mapping) else ""


def sentence(error: BaseException, place: Place) -> str:
    """What is wrong and what to do."""
    if isinstance(error, api.RetryError) and error.cause and reason(error.cause) in _BUSY:
        error = error.cause
    if reason(error) in _BUSY or isinstance(error, api.TooManyRequests):
        return (
            f"BigQuery lets the project {place.run_in} ask no more for now ({reason(error) or 'too many'}), "
            "in spite of retries: load again later, or raise its quota."
        )
    if isinstance(error, auth.GoogleAuthError | api.Unauthorized) and not _is_passing(error):
        return _of_credentials(error)
    if isinstance(error, api.Forbidden):
        return _of_permissions(error, place)
    if isinstance(error, api.NotFound):
        return (
            f"There is no table {place.name}: look its name up in BigQuery. A new export has none for the "
            "first hours."
        )
    if _is_passing(error):
        return f"BigQuery cannot be reached, in spite of retries: load again later ({type(error).__name__})."
    message = getattr(error, "message", "") or f"{error}"
    return f"BigQuery refuses to read {place.name}: {message.splitlines()[0].rstrip('.')}."


def _is_passing(error: BaseException) -> bool:
    is_retryable = isinstance(error, auth.GoogleAuthError) and bool(getattr(error, "retryable", False))
    return isinstance(error, _UNREACHABLE) or is_retryable


def _of_credentials(error: BaseException) -> str:
    if isinstance(error, auth.DefaultCredentialsError):
        return (
            "There are no credentials of Google Cloud: attach a service account to this machine, set "
            "GOOGLE_APPLICATION_CREDENTIALS to the file of one, or run gcloud auth application-default login."
        )
    return (
        "The credentials of Google Cloud have expired or were revoked: run gcloud auth application-default "
        "login again, or give the service account a new key."
    )


def _of_permissions(error: api.Forbidden, place: Place) -> str:
    if "bigquery.jobs.create" in f"{error.message}":
        return (
            f"The credentials may not run queries in the project {place.run_in}: grant them BigQuery Job "
            "User (roles/bigquery.jobUser) on it."
        )
    return (
        f"The credentials may not read {place.name}: grant them BigQuery Data Viewer "
        f"(roles/bigquery.dataViewer) on the dataset {place.project}.{place.dataset}."
    )
