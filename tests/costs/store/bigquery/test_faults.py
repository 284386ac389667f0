"""What BigQuery may answer instead of rows, and what is said then: no emulator is needed for that."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import google.auth
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery.retry import DEFAULT_RETRY
from google.oauth2.credentials import Credentials
from pytest_django.fixtures import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Response

from catalog.management import exit_codes
from costs.errors import CostError, LoadError, StoreUnavailableError, TooLargeError
from costs.models import CostLoad
from costs.query import Question, ask
from costs.store.bigquery import dataset, opened
from costs.store.bigquery import store as stores
from costs.store.bigquery.place import Place
from costs.store.configured import open_loads, open_store
from pricing_site.checks import check_cost_store
from tests.costs.bills import OCTOBER
from tests.costs.management.running import as_json, fail
from tests.costs.store.bigquery.wire import refusal
from tests.costs.store.lakes import publish
from tests.harness.ports import free_port

# The rows of loads are as those of the lake; a server would close a transaction that waits for the emulator.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

_JOBS = "/bigquery/v2/projects/acme/jobs"
SEE = "docs/bigquery-store.md has the commands."


@pytest.fixture
def api(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> HTTPServer:
    """BigQuery, which answers only what a test tells it to; a month is loaded."""
    publish("aws", OCTOBER, ["1"])
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", httpserver.url_for("").rstrip("/"))
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(google.auth, "default", lambda **_: (anonymous, "acme"))
    monkeypatch.setattr(dataset, "_RETRY", DEFAULT_RETRY.with_timeout(1.0).with_delay(0.1, 0.2))
    settings.COST_STORE = "bigquery://acme/costs"
    stores.opened.cache_clear()
    return httpserver


def refused(error: type[CostError]) -> str:
    """What a question is answered."""
    with pytest.raises(error) as caught:
        ask(Question(), open_store())
    return f"{caught.value.message} {caught.value.hint}".strip()


def test_missing_credentials(api: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    store = opened("bigquery://acme/costs")
    with pytest.raises(StoreUnavailableError) as caught:
        ask(Question(), store)

    assert caught.value.message.startswith(
        "There are no credentials of Google Cloud: attach a service account"
    )
    assert api.log == []


def test_expired_credentials(api: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    api.expect_request("/token").respond_with_json({"error": "invalid_grant"}, status=400)
    expired = Credentials(  # type: ignore[no-untyped-call]
        "old",
        refresh_token="revoked",
        token_uri=api.url_for("/token"),
        client_id="id",
        client_secret="secret",
        expiry=datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1),
    )
    monkeypatch.setattr(google.auth, "default", lambda **_: (expired, "acme"))

    assert refused(StoreUnavailableError) == (
        "The credentials of Google Cloud have expired or were revoked: run gcloud auth application-default "
        f"login again, or give the service account a new key. {SEE}"
    )


@pytest.mark.parametrize(
    ("denied", "said", "role"),
    [
        (
            "Project acme: User does not have bigquery.jobs.create permission in project acme.",
            "The credentials may not run queries.",
            "BigQuery Job User (roles/bigquery.jobUser) on the project acme",
        ),
        (
            "Table acme:costs.t: User does not have permission to query it, or perhaps it does not exist.",
            "The credentials may not read acme.costs, or it is not there.",
            "BigQuery Data Viewer (roles/bigquery.dataViewer) on the dataset acme.costs",
        ),
        (
            "Dataset acme:costs: Permission bigquery.tables.create denied on dataset acme:costs",
            "The credentials may not write acme.costs.",
            "BigQuery Data Editor (roles/bigquery.dataEditor) on the dataset acme.costs",
        ),
    ],
)
def test_a_missing_permission_is_named_with_the_role_that_has_it(
    api: HTTPServer, denied: str, said: str, role: str
) -> None:
    api.expect_request(_JOBS).respond_with_response(refusal(403, "accessDenied", f"Access Denied: {denied}"))

    assert refused(StoreUnavailableError) == f"{said} Grant them {role}. {SEE}"


def test_a_missing_dataset_is_said_with_the_command_that_makes_it(api: HTTPServer) -> None:
    message = "Not found: Dataset acme:costs was not found in location US"
    api.expect_request(_JOBS).respond_with_response(refusal(404, "notFound", message))

    assert refused(StoreUnavailableError) == (
        "There is no dataset acme.costs. Make it with: bq mk --dataset --location=REGION acme:costs. " + SEE
    )


@pytest.mark.parametrize(("reason", "times"), [("rateLimitExceeded", 2), ("quotaExceeded", 1)])
def test_throttling_is_tried_again_and_then_said(api: HTTPServer, reason: str, times: int) -> None:
    api.expect_request(_JOBS).respond_with_response(refusal(403, reason, "Exceeded rate limits"))

    assert refused(StoreUnavailableError) == (
        f"BigQuery lets the project acme do no more for now ({reason}), in spite of retries. Try again "
        "later. If it goes on, raise the quota of the project."
    )
    assert len(api.log) >= times


def test_a_question_over_the_bound_is_refused_by_bigquery_too(api: HTTPServer) -> None:
    message = "Query exceeded limit for bytes billed: 107374182400. 214748364800 or higher required."
    api.expect_request(_JOBS).respond_with_response(refusal(400, "bytesBilledLimitExceeded", message))

    assert refused(TooLargeError) == (
        "The question would read more than planned of BigQuery, and may read 100 GiB. Ask for a shorter "
        "time. The operator may raise it with ?max_gib=NUMBER in COST_STORE, after a look at what BigQuery "
        "costs."
    )


def test_a_question_over_the_bound_never_runs(api: HTTPServer) -> None:
    job = '{"configuration": {"dryRun": true, "query": {}}, "status": {"state": "DONE"}, "jobReference": {}, '
    size = 150 * 1024**3
    planned = f'{job} "statistics": {{"query": {{"totalBytesProcessed": "{size}"}}}}}}'
    api.expect_request(_JOBS).respond_with_response(Response(planned, mimetype="application/json"))

    assert refused(TooLargeError).startswith(
        "The question would read 150.0 GiB of BigQuery, and may read 100"
    )
    assert len(api.log) == 1


def test_an_answer_that_never_comes(api: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", f"http://127.0.0.1:{free_port()}")

    said = refused(StoreUnavailableError)

    assert said == "BigQuery cannot be reached, in spite of retries (RetryError). Try again later."
    assert api.log == []


def test_a_job_gets_the_same_sentences_as_errors_of_loading(api: HTTPServer) -> None:
    message = "Access Denied: Table acme:costs.load: Permission bigquery.tables.get denied on table"
    api.expect_request("/bigquery/v2/projects/acme/datasets/costs/tables/load_x").respond_with_response(
        refusal(403, "accessDenied", message)
    )

    with pytest.raises(LoadError, match=r"may not read acme.costs. Grant them BigQuery Data Viewer"):
        open_loads().has(CostLoad(pk="x", path="x"))


def test_a_check_without_credentials_is_a_sentence_and_an_object(
    api: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    settings.COST_STORE = "bigquery://acme/costs"

    code, said, shown = fail("check_costs", "--json")

    assert (code, api.log) == (exit_codes.FAILED, [])
    assert said.startswith("There are no credentials of Google Cloud: attach a service account")
    assert said.endswith(SEE)
    assert as_json(shown) == {"status": "failed", "error": said}


@pytest.mark.parametrize(
    "location",
    [
        "lakes",
        "bigquery://acme",
        "bigquery://acme/costs/table",
        "bigquery://acme/costs`; drop",
        "bigquery://acme/costs?max_gib=0",
        "bigquery://acme/costs?run_in=",
        "bigquery://acme/costs?run_in=a`b",
        "bigquery://acme/costs?credentials=x",
    ],
)
def test_a_setting_that_names_no_store_stops_the_start(location: str, settings: Settings) -> None:
    settings.COST_STORE = location

    [error] = check_cost_store()

    assert error.msg == f"COST_STORE is {location!r}, which names no store of costs."
    assert "bigquery://PROJECT/DATASET" in f"{error.hint}"


def test_a_setting_may_say_who_pays_and_how_much_at_most(settings: Settings) -> None:
    place = Place.of("bigquery://example.com:acme/costs?run_in=queries&max_gib=5")

    assert (place.name, place.run_in, place.max_gib) == ("example.com:acme.costs", "queries", 5)
    for location in ("lake", "bigquery://acme/costs"):
        settings.COST_STORE = location
        assert check_cost_store() == []
