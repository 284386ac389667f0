"""Errors of BigQuery as errors about costs, with the role that lacks or the command that helps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from google.api_core import exceptions as api

from costs.bigquery_faults import (
    OVER_BOUND,
    RAISED,
    cause_of,
    first_line,
    is_busy,
    is_of_credentials,
    is_passing,
    of_credentials,
    reason,
)
from costs.errors import CostError, LoadError, StoreUnavailableError, TooLargeError
from costs.store.bigquery.place import Place
from costs.store.bigquery.sql import CHANGED

_SEE = "docs/bigquery-store.md has the commands."


class GoneError(StoreUnavailableError):
    """A table, or the dataset, is not there."""


class RefusedQueryError(StoreUnavailableError):
    """BigQuery finds a query wrong."""


class ConflictError(StoreUnavailableError):
    """Another transaction has changed the same table meanwhile."""


@contextmanager
def told(place: Place) -> Iterator[None]:
    """Turn what Google's client raises into errors about costs.

    Raises:
        GoneError: a table or the dataset is not there.
        ConflictError: another transaction was first.
        TooLargeError: a query would read more than it may.
        StoreUnavailableError: anything else.
    """
    try:
        yield
    except RAISED as error:
        raise _as_cost_error(cause_of(error), place) from error


@contextmanager
def for_jobs() -> Iterator[None]:
    """Turn errors of the store into those of a job.

    Raises:
        LoadError: in one sentence, or two.
    """
    try:
        yield
    except CostError as error:
        raise LoadError(" ".join(filter(None, [error.message, error.hint]))) from error


def over_bound(size: str, place: Place) -> TooLargeError:
    """The refusal of a query that would read too much."""
    return TooLargeError(
        f"The question would read {size} of BigQuery, and may read {place.max_gib:,} GiB.",
        hint="Ask for a shorter time. The operator may raise it with ?max_gib=NUMBER in COST_STORE, after a "
        "look at what BigQuery costs.",
    )


def _as_cost_error(error: BaseException, place: Place) -> CostError:
    if reason(error) == OVER_BOUND:
        return over_bound("more than planned", place)
    if is_of_credentials(error):
        return StoreUnavailableError(of_credentials(error), hint=_SEE)
    if isinstance(error, api.Forbidden | api.NotFound) and not is_busy(error):
        return _of_absence(error, place) if isinstance(error, api.NotFound) else _of_permissions(error, place)
    if any(sign in first_line(error) for sign in ("concurrent update", CHANGED)):
        return ConflictError("Another job has changed unified_costs in BigQuery at the same moment.")
    return _of_service(error, place)


def _of_service(error: BaseException, place: Place) -> StoreUnavailableError:
    if is_busy(error):
        why = reason(error) or "too many requests"
        return StoreUnavailableError(
            f"BigQuery lets the project {place.run_in} do no more for now ({why}), in spite of retries.",
            hint="Try again later. If it goes on, raise the quota of the project.",
        )
    if is_passing(error):
        return StoreUnavailableError(
            f"BigQuery cannot be reached, in spite of retries ({type(error).__name__}).",
            hint="Try again later.",
        )
    return RefusedQueryError(f"BigQuery refuses a query of {place.name}: {first_line(error)}.")


def _of_permissions(error: api.Forbidden, place: Place) -> StoreUnavailableError:
    said = f"{error.message}"
    if "bigquery.jobs.create" in said:
        grant = f"BigQuery Job User (roles/bigquery.jobUser) on the project {place.run_in}"
        return StoreUnavailableError(
            "The credentials may not run queries.", hint=f"Grant them {grant}. {_SEE}"
        )
    is_writing = any(
        right in said for right in ("tables.create", "updateData", "tables.update", "tables.delete")
    )
    role = (
        "BigQuery Data Editor (roles/bigquery.dataEditor)"
        if is_writing
        else ("BigQuery Data Viewer (roles/bigquery.dataViewer)")
    )
    absent = ", or it is not there" if "perhaps it does not exist" in said else ""
    return StoreUnavailableError(
        f"The credentials may not {'write' if is_writing else 'read'} {place.name}{absent}.",
        hint=f"Grant them {role} on the dataset {place.name}. {_SEE}",
    )


def _of_absence(error: api.NotFound, place: Place) -> GoneError:
    if "not found: dataset" in first_line(error).casefold():
        return GoneError(
            f"There is no dataset {place.name}.",
            hint=f"Make it with: bq mk --dataset --location=REGION {place.project}:{place.dataset}. {_SEE}",
        )
    return GoneError(f"BigQuery does not find what was asked of {place.name}: {first_line(error)}.")
