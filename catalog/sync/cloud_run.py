"""Runs the sync as a job of Cloud Run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from catalog.errors import SyncRefusedError

if TYPE_CHECKING:
    from google.cloud.run_v2 import JobsClient

# As the API names a job.
NAME = re.compile(r"projects/[^/]+/locations/[^/]+/jobs/[^/]+")
# What it does is begun by then; the job itself goes on.
_SECONDS = 20


def run(job: str) -> None:
    """Start an execution of a job.

    Args:
        job: as NAME.

    Raises:
        SyncRefusedError: Cloud Run did not start it.
    """
    # They take a second to load, which only those pay who start a job.
    from google.api_core import exceptions  # noqa: PLC0415
    from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError  # noqa: PLC0415
    from requests import RequestException  # noqa: PLC0415

    try:
        # A second try could start a second execution.
        _client().run_job(name=job, retry=None, timeout=_SECONDS)
    except DefaultCredentialsError as error:
        message = f"No Google credentials found, so {job} cannot be run: the server has no account."
        raise SyncRefusedError(message) from error
    except exceptions.Forbidden as error:
        message = f"The server's account may not run {job}: give it roles/run.invoker on that job."
        raise SyncRefusedError(message) from error
    except exceptions.NotFound as error:
        raise SyncRefusedError(f"Cloud Run has no job {job}: deploy it, or correct SYNC_JOB.") from error
    except (exceptions.GoogleAPIError, GoogleAuthError, RequestException) as error:
        message = (
            f"Cloud Run did not say that it started {job}: {f'{error}'.rstrip('.')}. Look at its executions."
        )
        raise SyncRefusedError(message) from error


def _client() -> JobsClient:
    """Google's own client, over HTTP: gRPC's threads would stay in the server for a click a month."""
    from google.cloud.run_v2 import JobsClient  # noqa: PLC0415

    return JobsClient(transport="rest")
