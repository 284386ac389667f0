"""What Google's client for BigQuery raises, in a sentence that says what to do."""

from __future__ import annotations

from google.api_core import exceptions as api

from costs.bigquery_faults import (
    RAISED,
    cause_of,
    first_line,
    is_busy,
    is_of_credentials,
    is_passing,
    of_credentials,
    reason,
)
from costs.errors import LoadError
from costs.providers.bigquery_place import Place

__all__ = ["RAISED", "OverBoundError", "reason", "sentence"]


class OverBoundError(LoadError):
    """A query would read more than its source may."""


def sentence(error: BaseException, place: Place) -> str:
    """What is wrong and what to do."""
    error = cause_of(error)
    if is_busy(error):
        return (
            f"BigQuery lets the project {place.run_in} ask no more for now ({reason(error) or 'too many'}), "
            "in spite of retries: load again later, or raise its quota."
        )
    if is_of_credentials(error):
        return of_credentials(error)
    if isinstance(error, api.Forbidden):
        return _of_permissions(error, place)
    if isinstance(error, api.NotFound):
        return (
            f"There is no table {place.name}: look its name up in BigQuery. A new export has none for the "
            "first hours."
        )
    if is_passing(error):
        return f"BigQuery cannot be reached, in spite of retries: load again later ({type(error).__name__})."
    return f"BigQuery refuses to read {place.name}: {first_line(error)}."


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
