"""What BigQuery may answer instead of rows: no emulator is needed for that."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import google.auth
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.bigquery.retry import DEFAULT_RETRY
from google.oauth2.credentials import Credentials
from pytest_httpserver import HTTPServer
from werkzeug import Response

from costs.errors import LoadError
from costs.providers import bigquery
from costs.providers.bigquery_place import Place
from costs.providers.google_cloud import open_source
from tests.costs.providers.bigquery_wire import refusal
from tests.harness.ports import free_port

LOCATION = "bigquery://acme/billing/gcp_billing_export_resource_v1_0"
_API = "/bigquery/v2/projects/acme"
TABLE, JOBS = f"{_API}/datasets/billing/tables/gcp_billing_export_resource_v1_0", f"{_API}/jobs"
NAME = "acme.billing.gcp_billing_export_resource_v1_0"
COLUMNS = ("billing_account_id", "invoice", "cost", "sku", "export_time")


@pytest.fixture(autouse=True)
def api(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """BigQuery, which answers only what a test tells it to."""
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", httpserver.url_for("").rstrip("/"))
    anonymous = AnonymousCredentials()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(google.auth, "default", lambda **_: (anonymous, "acme"))
    monkeypatch.setattr(bigquery, "_RETRY", DEFAULT_RETRY.with_timeout(1.5).with_delay(0.1, 0.2))
    return httpserver


def table(*columns: str) -> Response:
    fields = [{"name": name, "type": "TIMESTAMP" if "time" in name else "STRING"} for name in columns]
    names = {"projectId": "acme", "datasetId": "billing", "tableId": "gcp_billing_export_resource_v1_0"}
    body = {"tableReference": names, "schema": {"fields": fields}}
    return Response(json.dumps(body), mimetype="application/json")


def said(folder: Path) -> str:
    """What the source says."""
    with pytest.raises(LoadError) as caught:
        open_source("gcp-main", LOCATION, folder).deliveries()
    return str(caught.value)


def test_missing_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))

    assert said(tmp_path) == (
        "There are no credentials of Google Cloud: attach a service account to this machine, set "
        "GOOGLE_APPLICATION_CREDENTIALS to the file of one, or run gcloud auth application-default login."
    )


def test_expired_credentials(api: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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

    told = said(tmp_path)

    assert told == (
        "The credentials of Google Cloud have expired or were revoked: run gcloud auth application-default "
        "login again, or give the service account a new key."
    )


def test_a_table_that_may_not_be_read(api: HTTPServer, tmp_path: Path) -> None:
    message = f"Access Denied: Table {NAME}: Permission bigquery.tables.get denied on table"
    api.expect_request(TABLE).respond_with_response(refusal(403, "accessDenied", message))

    assert said(tmp_path) == (
        f"The credentials may not read {NAME}: grant them BigQuery Data Viewer (roles/bigquery.dataViewer) "
        "on the dataset acme.billing."
    )


def test_a_project_that_may_run_no_queries(api: HTTPServer, tmp_path: Path) -> None:
    message = (
        "Access Denied: Project acme: User does not have bigquery.jobs.create permission in project acme."
    )
    api.expect_request(TABLE).respond_with_response(table(*COLUMNS))
    api.expect_request(JOBS).respond_with_response(refusal(403, "accessDenied", message))

    assert said(tmp_path) == (
        "The credentials may not run queries in the project acme: grant them BigQuery Job User "
        "(roles/bigquery.jobUser) on it."
    )


def test_a_table_that_is_not_there(api: HTTPServer, tmp_path: Path) -> None:
    api.expect_request(TABLE).respond_with_response(refusal(404, "notFound", "Not found: Table"))

    assert said(tmp_path) == (
        f"There is no table {NAME}: look its name up in BigQuery. A new export has none for the first hours."
    )


def test_a_table_that_is_no_export(api: HTTPServer, tmp_path: Path) -> None:
    api.expect_request(TABLE).respond_with_response(table("cost", "sku"))

    assert said(tmp_path) == (
        f"{NAME} is no billing export, since it has no column billing_account_id: name the table of the "
        "detailed, the standard or the FOCUS usage cost export."
    )


@pytest.mark.parametrize(("reason", "times"), [("rateLimitExceeded", 2), ("quotaExceeded", 1)])
def test_a_quota_that_is_used_up(api: HTTPServer, tmp_path: Path, reason: str, times: int) -> None:
    api.expect_request(TABLE).respond_with_response(table(*COLUMNS))
    api.expect_request(JOBS).respond_with_response(refusal(403, reason, "Exceeded rate limits"))

    assert said(tmp_path) == (
        f"BigQuery lets the project acme ask no more for now ({reason}), in spite of retries: load again "
        "later, or raise its quota."
    )
    asked = [request for request, _ in api.log if request.path == JOBS]
    assert len(asked) >= times


def test_a_server_that_fails_for_a_while_is_asked_again(api: HTTPServer, tmp_path: Path) -> None:
    api.expect_ordered_request(TABLE).respond_with_response(refusal(503, "backendError", "Try again"))
    api.expect_ordered_request(TABLE).respond_with_response(table("cost"))

    assert "is no billing export" in said(tmp_path)


def test_an_answer_that_never_comes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", f"http://127.0.0.1:{free_port()}")

    assert said(tmp_path) == "BigQuery cannot be reached, in spite of retries: load again later (RetryError)."


def test_anything_else_that_bigquery_says_is_passed_on(api: HTTPServer, tmp_path: Path) -> None:
    api.expect_request(TABLE).respond_with_response(table(*COLUMNS))
    api.expect_request(JOBS).respond_with_response(refusal(400, "invalidQuery", "Unrecognized name.\nMore"))

    assert said(tmp_path).startswith(f"BigQuery refuses to read {NAME}: ")


@pytest.mark.parametrize(
    "location",
    [
        "bigquery://acme/billing",
        "bigquery://acme/billing/table`; drop",
        "bigquery://acme/billing/table?max_gib=0",
        "bigquery://acme/billing/table?max_gib=lots",
        "bigquery://acme/billing/table?run_in=",
        "bigquery://acme/billing/table?credentials=x",
    ],
)
def test_a_location_that_names_no_table_is_refused(location: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="bigquery://PROJECT/DATASET/TABLE"):
        open_source("gcp-main", location, tmp_path)


def test_a_location_may_say_who_pays_and_how_much_at_most() -> None:
    place = Place.of("bigquery://example.com:acme/billing/table-1?run_in=queries&max_gib=5")

    assert (place.name, place.run_in, place.max_gib) == ("example.com:acme.billing.table-1", "queries", 5)
    assert Place.of("bigquery://acme/billing/table") == Place("acme", "billing", "table", "acme", 200)
