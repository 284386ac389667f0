"""A Cloud Run on loopback, asked by Google's own client."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator

import pytest
from google.auth.credentials import AnonymousCredentials
from google.auth.exceptions import DefaultCredentialsError
from google.cloud.run_v2 import JobsClient
from google.cloud.run_v2.services.jobs.transports.rest import JobsRestTransport
from werkzeug import Request, Response

from catalog.errors import SyncRefusedError
from catalog.sync import cloud_run
from tests.harness.http_server import serve
from tests.harness.ports import free_port

JOB = "projects/acme/locations/europe-west1/jobs/sync-catalog"
STARTED = '{"name": "projects/acme/locations/europe-west1/operations/1", "metadata": {}}'


def client(port: int) -> JobsClient:
    transport = JobsRestTransport(
        host=f"127.0.0.1:{port}",
        url_scheme="http",
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
    )
    return JobsClient(transport=transport)


@contextlib.contextmanager
def answering(
    monkeypatch: pytest.MonkeyPatch, status: int, body: str = '{"error": {"message": "as the test wants it"}}'
) -> Iterator[list[str]]:
    """What is asked of a Cloud Run that answers everything with this."""
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(f"{request.method} {request.path}")
        return Response(body, status, content_type="application/json")

    with serve(answer) as server:
        monkeypatch.setattr(cloud_run, "_client", lambda: client(server.port))
        yield asked


def test_a_job_is_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(monkeypatch, 200, STARTED) as asked:
        cloud_run.run(JOB)

    assert asked == [f"POST /v2/{JOB}:run"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, f"may not run {JOB}: give it roles/run.invoker on that job."),
        (404, f"has no job {JOB}: deploy it, or correct SYNC_JOB."),
        (503, "as the test wants it. Look at its executions."),
        (429, "as the test wants it. Look at its executions."),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, status: int, words: str
) -> None:
    with answering(monkeypatch, status) as asked, pytest.raises(SyncRefusedError) as refused:
        cloud_run.run(JOB)

    assert f"{refused.value}".endswith(words)
    assert len(asked) == 1


def test_a_cloud_run_that_cannot_be_reached_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud_run, "_client", lambda: client(free_port()))

    with pytest.raises(SyncRefusedError, match="did not say that it started"):
        cloud_run.run(JOB)


def test_a_server_without_an_account_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> JobsClient:
        raise DefaultCredentialsError("none")  # type: ignore[no-untyped-call]

    monkeypatch.setattr(cloud_run, "_client", fail)

    with pytest.raises(SyncRefusedError, match="the server has no account"):
        cloud_run.run(JOB)


def test_the_client_is_loaded_only_when_a_job_is_started() -> None:
    loaded = "import sys, catalog.sync.cloud_run; print('google.cloud.run_v2' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False\n"
