from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from costs.store import configured
from live.intake import otlp
from live.intake.accept import accept
from live.intake.batch import batch_of
from live.providers.source import floor_minute
from tests.live.intake.sent import TAGS, request, span
from tests.live.scripted import INPUT, REQUESTS, Cloud, Clouds, bill, make_source

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def priced(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.COSTS_DIR = tmp_path / "lake"
    monkeypatch.setattr(configured, "open_store", bill)


@pytest.fixture
def reader(client: Client) -> Client:
    user = User.objects.create(username="reader")
    user.groups.add(Group.objects.get_or_create(name="Cost readers")[0])
    client.force_login(user)
    return client


@pytest.fixture
def clouds() -> tuple[Cloud, Clouds]:
    """A cloud that was read just now, on which a model was used five minutes ago."""
    source, cloud = make_source(), Cloud()
    now = floor_minute(timezone.now())
    cloud.tell(now - 5 * MINUTE, 4_000_000)
    cloud.tell(now - 5 * MINUTE, 777, INPUT._replace(name="<b>new</b>"))
    cloud.tell(now - 5 * MINUTE, 40, REQUESTS)
    clouds = Clouds({source.location: cloud})
    clouds.collect(now)
    return cloud, clouds


def text(client: Client, address: str = "/live/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_who_may_not_read_costs_gets_nothing(client: Client) -> None:
    assert client.get("/live/").status_code == 302
    client.force_login(User.objects.create(username="other"))
    assert [client.get(f"/live{end}").status_code for end in ("/", ".json", ".csv")] == [403, 403, 403]


def test_without_a_source_the_page_says_how_to_begin(reader: Client) -> None:
    response = reader.get("/live/")
    assert response.status_code == 503
    assert "collect_live --source" in response.content.decode()


@pytest.mark.usefixtures("clouds")
def test_the_page_has_what_is_used_what_it_costs_and_how_late_that_is(reader: Client) -> None:
    page = text(reader)

    assert "Bedrock: 3 minutes behind." in page
    assert '<data value="0.96" title="0.96">0.96</data>' in page  # 0.24 in 15 minutes
    assert "at least" in page
    assert '<data value="3108" title="3108">3,108</data> of them have no known price' in page
    assert "&lt;b&gt;new&lt;/b&gt; (no model)" in page
    assert "<b>new" not in page
    assert "Made-up" not in page


@pytest.mark.usefixtures("clouds")
def test_json_and_csv_have_the_figures_of_the_page(reader: Client) -> None:
    answer = reader.get("/live.json").json()
    rows = list(csv.DictReader(io.StringIO(text(reader, "/live.csv"))))

    assert answer["per_hour"]["totals"] == [{"currency": "USD", "cost": "0.96", "is_upper_bound": False}]
    found = [row for row in rows if (row["part"], row["model"]) == ("per_hour", "nova-lite")]
    assert [(row["tokens"], row["cost"], row["currency"], row["prices"]) for row in found] == [
        ("16000000", "0.96", "USD", "bill")
    ]


@pytest.mark.usefixtures("clouds")
def test_a_source_that_is_late_is_said_and_its_pace_is_unknown(reader: Client) -> None:
    source = make_source("eu", "eu-west-1")
    source.through = timezone.now() - timedelta(hours=3)
    source.save()

    page = text(reader)
    assert "Bedrock: 3 hours behind." in page
    assert "Not of now" in page
    assert "unknown" in page
    assert reader.get("/live.json").json()["per_hour"]["totals"] == []


def test_a_collection_renews_the_page(reader: Client, clouds: tuple[Cloud, Clouds]) -> None:
    cloud, later = clouds
    before = reader.get("/live.json").json()["per_hour"]["tokens"]
    cloud.tell(floor_minute(timezone.now()) - 5 * MINUTE, 8_000_000)
    later.collect(timezone.now())

    assert int(reader.get("/live.json").json()["per_hour"]["tokens"]) > int(before)


def send(*customers: str | None, first: int = 1, model: str = "amazon.nova-lite-v1:0") -> None:
    """Calls of a million tokens of input each, which ended five minutes ago, sent by a person."""
    now = timezone.now()
    spans = [
        span(
            number,
            ended=now - 5 * MINUTE,
            customer__id=customer,
            gen_ai__request__model=model,
            gen_ai__usage__input_tokens=1_000_000,
            gen_ai__usage__output_tokens=None,
        )
        for number, customer in enumerate(customers, first)
    ]
    accept(batch_of(otlp.from_json(request(*spans), TAGS), now).calls, 7, now)


@pytest.mark.usefixtures("clouds")
def test_customers_of_calls_are_beside_the_metrics_and_in_none_of_their_figures(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    before = reader.get("/live.json").json()
    send("acme", "acme", "<b>evil</b>", None)

    cache.clear()
    answer, page = reader.get("/live.json").json(), text(reader)

    assert before.pop("calls") is None
    calls = answer.pop("calls")
    assert answer == before
    assert (calls["basis"], calls["is_demo"], calls["last_hour"]["unpriced_tokens"]) == ("calls", False, "0")
    assert calls["last_hour"]["totals"] == [{"currency": "USD", "cost": "0.24", "is_upper_bound": False}]
    rows = [(row["name"], row["tokens"], row["cost"]) for row in calls["last_hour"]["customers"]]
    assert rows == [
        ("acme", "2000000", "0.12"),
        ("<b>evil</b>", "1000000", "0.06"),
        (None, "1000000", "0.06"),
    ]
    assert [(row["name"], row["cost"]) for row in calls["last_hour"]["features"]] == [("search", "0.24")]
    assert "Another basis:" in page
    assert "never added" in page
    assert "&lt;b&gt;evil" in page
    assert "<b>evil" not in page


def test_calls_are_shown_where_no_metrics_are_collected_and_those_without_a_price_first(
    reader: Client,
) -> None:
    send("acme")
    send("initech", first=2, model="vendor.new")

    response = reader.get("/live/")
    answer = reader.get("/live.json").json()
    rows = list(csv.DictReader(io.StringIO(text(reader, "/live.csv"))))

    assert response.status_code == 200
    assert "collect_live --source" in response.content.decode()
    assert "not known" in response.content.decode()
    assert "at least" in response.content.decode()
    assert answer["error"]["code"] == "not_collected"
    customers = [
        (row["group"], row["tokens"], row["cost"], row["currency"])
        for row in rows
        if (row["part"], row["by"], row["basis"]) == ("last_hour", "customer", "calls")
    ]
    assert customers == [("initech", "1000000", "", ""), ("acme", "1000000", "0.06", "USD")]


@pytest.mark.usefixtures("clouds")
def test_without_calls_the_page_says_how_to_send_them(reader: Client) -> None:
    assert "No calls were sent here" in text(reader)
    assert 'href="/docs/intake/"' in text(reader)
