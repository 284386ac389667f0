from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from costs.models import Alert, Mute
from tests.console.costs.conftest import Shows
from tests.console.costs.test_boards import text
from tests.costs.stores import MemoryStore, charge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jump")]


@pytest.fixture
def jump(shows: Shows) -> MemoryStore:
    """Two quiet months, and a customer that cost ten times as much nine days ago."""
    today = timezone.now().date()
    days = [today - timedelta(days=ago) for ago in range(1, 90)]
    charges = [
        charge(f"{day}", _cost(customer, (today - day).days), x_ConsumerId=customer)
        for day in days
        for customer in ("acme", "beta")
    ]
    store = shows(charges)
    store.loaded_at = {load.id: timezone.now() - timedelta(hours=1) for load in store.loads()}
    return store


def _cost(customer: str, days_ago: int) -> str:
    return "1000" if (customer, days_ago) == ("acme", 9) else "100"


def key(client: Client) -> str:
    [found] = client.get("/costs/anomalies.json").json()["anomalies"]
    return str(found["cause_key"])


def test_a_jump_is_shown_with_its_cause_and_what_explains_it(reader: Client) -> None:
    [found] = reader.get("/costs/anomalies.json").json()["anomalies"]

    assert found["cause"]["customer"] == "acme"
    assert found["state"] == "open"
    page = text(reader, "/costs/anomalies/")
    assert "900.00 USD more than usual" in page
    assert "1 of 1 is open" in page
    assert "1 open anomaly" in text(reader, "/costs/")


def test_figures_are_said_of_what_cost_them_and_the_cause_is_named_beside(reader: Client) -> None:
    [found] = reader.get("/costs/anomalies.json").json()["anomalies"]
    [(name, value)] = found["found_in"].items()

    assert len(found["cause"]) > 1
    page = text(reader, "/costs/anomalies/")
    assert f">{name.capitalize()} {value}</span> cost " in page
    assert f'than usual of <span title="{name} {value}">' in text(reader, "/costs/")
    assert f"{name}={value}" in reader.get("/costs/anomalies.csv").content.decode()


def test_an_alert_that_is_made_to_acknowledge_has_the_sentence_of_alerts(reader: Client) -> None:
    reader.post("/costs/anomalies/acknowledge/", {"cause_key": key(reader), "reason": "A load test."})

    alert = Alert.objects.get()
    [(name, value)] = alert.details["found_in"].items()
    assert alert.summary.startswith(f'{name.capitalize()} "{value}" cost 1,')
    assert "USD more than the usual" in alert.summary


def test_days_that_cannot_be_looked_at_are_unknown_not_usual(reader: Client, shows: Shows) -> None:
    today = timezone.now().date()
    shows([charge(f"{today - timedelta(days=ago)}", "100") for ago in range(1, 4)])

    page = reader.get("/costs/anomalies/").content.decode()
    overview = reader.get("/costs/?days=30").content.decode()

    assert "Unknown: none of these days could be looked at." in page
    assert "Nothing is unusual" not in page
    assert "in the last 30 days is unknown" in overview
    assert "No open" not in overview


def test_who_acknowledges_says_why_and_is_named(reader: Client, person: User) -> None:
    sent = {"cause_key": key(reader), "reason": "A load test."}
    assert reader.post("/costs/anomalies/acknowledge/", sent).status_code == 302

    alert = Alert.objects.get()
    assert (alert.acknowledged_by, alert.reason) == (person, "A load test.")
    page = text(reader, "/costs/anomalies/")
    assert "<strong>Acknowledged</strong> by reader" in page
    assert "A load test." in page
    assert "No open" in text(reader, "/costs/")


def test_without_a_reason_nothing_is_acknowledged(reader: Client) -> None:
    reader.post("/costs/anomalies/acknowledge/", {"cause_key": key(reader), "reason": " "})
    assert not Alert.objects.exists()
    assert "Say why" in text(reader, "/costs/anomalies/")


def test_what_is_no_anomaly_cannot_be_acknowledged(reader: Client) -> None:
    reader.post("/costs/anomalies/acknowledge/", {"cause_key": "USD|up|none", "reason": "Known."})
    assert not Alert.objects.exists()
    assert "There is no such anomaly any more." in text(reader, "/costs/anomalies/")


def test_a_cause_is_muted_for_some_days_and_unmuted(reader: Client) -> None:
    sent = {"cause_key": key(reader), "reason": "It does that.", "days": "7"}
    reader.post("/costs/anomalies/mute/", sent)

    mute = Mute.objects.get()
    assert mute.match["customer"] == "acme"
    assert mute.until is not None
    assert "<strong>Muted</strong> by reader" in text(reader, "/costs/anomalies/")
    reader.post(f"/costs/anomalies/mutes/{mute.pk}/unmute/")
    assert "1 of 1 is open" in text(reader, "/costs/anomalies/")


@pytest.mark.parametrize("sent", [{}, {"days": ""}, {"days": "8"}, {"days": "-1"}])
def test_a_mute_says_for_how_long(reader: Client, sent: dict[str, str]) -> None:
    reader.post("/costs/anomalies/mute/", {"cause_key": key(reader), "reason": "It does that.", **sent})

    assert not Mute.objects.exists()
    assert "Say for how long, or always." in reader.get("/costs/anomalies/").content.decode()


def test_changes_need_the_token_of_the_form(person: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person)
    assert browser.post("/costs/anomalies/acknowledge/", {"reason": "x"}).status_code == 403
    assert browser.get("/costs/anomalies/acknowledge/").status_code == 405
