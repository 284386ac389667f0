from __future__ import annotations

import json
import logging
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.test import Client
from django.utils import timezone

from accounts import usage
from accounts.models import ToolUse
from costs.panels import PANELS
from costs.query import Question, ask
from costs.query.periods import Window
from costs.query.snapshot import take
from costs.reports import show
from costs.store import configured
from rest_api import panels
from tests.costs.stores import MemoryStore
from tests.rest_api.conftest import error_of
from tools import registry

pytestmark = pytest.mark.django_db

OCTOBER = {"start": "2026-10-01", "end": "2026-11-01"}
DEEP = '{"filters":' + "[" * 20_000 + "]" * 20_000 + "}"


def post(api: Client, body: str | bytes) -> Any:
    return api.post("/api/query", body, content_type="application/json")


def rows(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.content
    found: list[dict[str, Any]] = response.json()["rows"]
    return found


def test_a_question_is_answered_as_by_the_tool(api: Client) -> None:
    asked = {"measures": ["billed_cost", "tokens"], "dimensions": ["cloud"], **OCTOBER}

    sent = post(api, json.dumps(asked)).json()

    told = registry.call("query_costs", asked).content
    assert sent == {**told, "as_of": sent["as_of"]}


def test_a_question_in_an_address_is_the_same(api: Client) -> None:
    asked = {"measures": ["billed_cost", "tokens"], "dimensions": ["cloud"], **OCTOBER}
    read = api.get("/api/query?" + urlencode(asked, doseq=True))

    assert rows(read) == rows(post(api, json.dumps(asked)))
    assert rows(api.get("/api/query?dimensions=cloud&measures=billed_cost,tokens")) == rows(read)


def test_no_digit_is_lost(api: Client) -> None:
    (row,) = rows(api.get("/api/query?customer=acme"))

    assert row["billed_cost"] == "0.100000000000000001"


@pytest.mark.parametrize(
    ("query", "billed"),
    [
        ("cloud=gcp", "2.5"),
        ("cloud=aws&cloud=gcp", "42.600000000000000001"),
        ("cloud=all", "42.600000000000000001"),
        ("cloud=", "42.600000000000000001"),
        ("not_cloud=gcp", "40.100000000000000001"),
        ("customer=null", "40"),
        ('filters={"customer":["all"]}', "2.5"),
        ('filters={"customer":[null]}&cloud=aws', "40"),
        ("start=2026-10-31", "40"),
    ],
)
def test_charges_are_chosen_in_the_address(api: Client, query: str, billed: str) -> None:
    (row,) = rows(api.get(f"/api/query?{query}"))

    assert row["billed_cost"] == billed


def test_an_unknown_dimension_is_refused_with_what_may_be_meant(api: Client) -> None:
    error = error_of(api.get("/api/query?custommer=acme"), 400)

    assert error["code"] == "unknown_dimension"
    assert "customer" in error["candidates"]


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_is_shown_as_to_pages(api: Client, name: str) -> None:
    found = api.get(f"/api/panels/{name}", OCTOBER).json()

    assert {key: found[key] for key in ("panel", "title", "rows", "columns")} == _shown(name, found["as_of"])


def test_the_panels_are_listed_with_their_addresses(api: Client) -> None:
    found = api.get("/api/panels/").json()["panels"]

    assert [panel["address"] for panel in found] == [f"/api/panels/{name}" for name in PANELS]


def test_a_day_that_is_begun_counts_whole(api: Client, store: MemoryStore) -> None:
    times = {"start": "2026-10-05T08:00:00Z", "end": "2026-10-31T00:00:00.001Z"}

    found = api.get("/api/panels/spend-by-day", times).json()

    assert found["period"] == {"start": "2026-10-05", "end": "2026-11-01"}
    assert found["rows"] == ask(Question(dimensions=["day", "cloud"]), store)["rows"]


def test_an_unknown_panel_is_not_found(api: Client) -> None:
    error = error_of(api.get("/api/panels/modells"), 404)

    assert error["candidates"][0] == "models"


@pytest.mark.parametrize("address", ["/api/", "/api/nothing", "/api/docs", "/api/panels/models/"])
def test_other_addresses_are_not_found(api: Client, address: str) -> None:
    assert error_of(api.get(address), 404)["hint"] == "/api/openapi.json describes what there is."


def test_nothing_is_loaded(api: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costs.store.configured.open_store", lambda: MemoryStore([]))

    for address in ("/api/panels/models", "/api/query"):
        assert error_of(api.get(address), 404)["code"] == "not_loaded"


@pytest.mark.parametrize(
    "body",
    [
        *("", "[]", "1", "x", "null", '"x"', "{", "\ud800", b"\xff\xfe", DEEP, "9" * 60_000),
        '{"limit": ' + "9" * 5_000 + "}",
        '{"limit": NaN}',
        '{"filters": {"cloud": [' + ",".join(["1"] * 9_000) + "]}}",
        '{"a": "' + "x" * 50_000 + '"}',
        '{"filters": {"customer": ["\\u0000"]}}',
        '{"filters": {"customer": ["\\ud800"]}}',
        '{"\\ud800": 1}',
    ],
)
def test_a_body_of_anything_is_answered_or_refused(api: Client, body: str | bytes) -> None:
    sent = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")

    assert post(api, sent).status_code in {200, 400}


@pytest.mark.parametrize(
    "query",
    [
        "start=x",
        "start=2026-10-01&end=2026-09-01",
        "start=9999-12-31T23:00:00Z&end=9999-12-31T23:00:00Z",
        "limit=9999999999999999999999",
        "filters=" + "[" * 9_000,
        "customer=%00",
        "customer=%ff",
        "%00=%00",
        "&".join(f"cloud={number}" for number in range(500)),
        "&".join(f"a{number}=1" for number in range(1_500)),
        "as_of=0001-01-01",
        "as_of=9999-12-31T23:59:59-14:00",
    ],
)
@pytest.mark.parametrize("address", ["/api/query", "/api/panels/models"])
def test_an_address_of_anything_is_answered_or_refused(api: Client, address: str, query: str) -> None:
    response = api.get(f"{address}?{query}")

    assert response.status_code in {200, 400, 404}
    assert "internal" not in response.content.decode()


def test_a_failure_has_an_id_that_the_log_has_too(
    api: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(panels, "show", fail)

    error = error_of(api.get("/api/panels/models"), 500)

    assert error["code"] == "internal_error"
    assert any(record.levelno == logging.ERROR for record in caplog.records)
    assert "ZeroDivisionError" not in error["message"]


def test_the_log_says_who_asked_and_not_what(api: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    api.get("/api/panels/models?customer=acme")

    (line,) = [record.getMessage() for record in caplog.records if "api_call" in record.getMessage()]
    assert "outcome=ok" in line
    assert "acme" not in line


def test_everybody_may_read_the_description(client: Client) -> None:
    described = client.get("/api/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) >= {"/api/panels/", "/api/panels/{name}", "/api/query"}
    assert {kind["type"] for kind in described["components"]["securitySchemes"].values()} == {
        "http",
        "apiKey",
    }


def test_answers_are_as_described(api: Client) -> None:
    paths = api.get("/api/openapi.json").json()["paths"]

    for path, address in (("/api/panels/{name}", "/api/panels/models"), ("/api/query", "/api/query")):
        answers = paths[path]["get"]["responses"]
        for status, response in ((200, api.get(address)), (400, api.get(f"{address}?start=x"))):
            schema = answers[f"{status}"]["content"]["application/json"]["schema"]
            jsonschema.validate(response.json(), schema)
            assert response.status_code == status


def test_the_description_names_every_argument_once(client: Client) -> None:
    operation = client.get("/api/openapi.json").json()["paths"]["/api/panels/{name}"]["get"]

    names = [parameter["name"] for parameter in operation["parameters"]]
    assert len(names) == len(set(names))
    assert {"name", "start", "end", "cloud", "customer"} <= set(names)


def _shown(name: str, as_of: str) -> dict[str, Any]:
    """What the function of pages shows, as JSON."""
    costs = take(configured.open_store(), datetime.fromisoformat(as_of))
    window = Window(date(2026, 10, 1), date(2026, 11, 1))
    found = show.show(PANELS[name], window, costs)
    return {"panel": name, "title": found["title"], "rows": found["rows"], "columns": found["columns"]}


def test_a_call_counts_for_who_asked(api: Client) -> None:
    usage.flush()  # those of other tests
    ToolUse.objects.all().delete()
    api.get("/api/panels/models")
    api.get("/api/panels/nothing")
    usage.flush()

    [use] = usage.of(None, timezone.now().date())
    assert (use.tool, use.calls, use.failed) == ("panels", 2, 1)
