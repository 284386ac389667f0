from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate, Service
from tests.catalog.factories import make_service, make_sku, make_update
from tools.version import product_version

pytestmark = pytest.mark.django_db
SECRET = "/home/admin/catalog: key AIzaSyExample was refused"


def page(client: Client) -> str:
    answer = client.get("/status/")
    assert answer.status_code == 200
    return answer.content.decode()


def answer(client: Client, query: str = "") -> Any:
    return client.get(f"/status.json{query}").json()


@pytest.fixture
def services() -> list[Service]:
    """Services that were read, not yet read, read long ago, and that failed, by name."""
    now = timezone.now()
    make_update(started_at=now - timedelta(hours=2), completed_at=now - timedelta(hours=1))
    made = [
        make_service(display_name="Current", synced_at=now - timedelta(hours=1)),
        make_service(display_name="Stale", synced_at=now - timedelta(days=3)),
        make_service(display_name="Unread", synced_at=None),
        make_service(display_name="Failed", synced_at=now - timedelta(hours=1), sync_error=SECRET),
    ]
    make_service(display_name="Without SKUs", synced_at=None, sync_error=SECRET)
    for service in made:
        make_sku(service=service)
    return made


@pytest.mark.parametrize(("path", "status"), [("/status/", 503), ("/status.json", 503), ("/status.csv", 503)])
def test_an_empty_catalog_says_how_it_is_filled(client: Client, path: str, status: int) -> None:
    found = client.get(path)

    assert found.status_code == status
    assert "sync_catalog" in found.content.decode()


def test_a_current_catalog_is_said_to_be_current(client: Client) -> None:
    now = timezone.now()
    update = make_update(started_at=now, completed_at=now)
    make_sku()

    found = answer(client)

    assert found["is_current"] is True
    assert found["state"] == "All services have been read within the last 36 hours."
    assert (found["update_id"], found["source"], found["skus"]) == (update.pk, "folder", 1)
    assert found["version"] == product_version() in page(client)
    assert "Prices are current" in page(client)


def test_services_that_need_attention_come_first(client: Client, services: list[Service]) -> None:
    found = answer(client)

    assert found["is_current"] is False
    assert found["state"].startswith("The last sync could not read Failed")
    assert "Prices may be out of date" in page(client)
    assert [(row["service"], row["state"]) for row in found["services"]] == [
        ("Failed", "failed"),
        ("Unread", "unread"),
        ("Stale", "stale"),
        ("Current", "current"),
    ]
    table = list(csv.DictReader(io.StringIO(client.get("/status.csv").content.decode())))
    assert [row["service_id"] for row in table] == [services[place].pk for place in (3, 2, 1, 0)]
    assert {row["skus"] for row in table} == {"1"}


def test_a_service_without_a_time_was_read_by_the_last_full_run(client: Client) -> None:
    now = timezone.now()
    run = make_update(started_at=now, completed_at=now, is_full=True)
    make_sku(service=make_service(synced_at=None))

    (row,) = answer(client)["services"]

    assert run.completed_at is not None
    assert row["state"] == "current"
    assert row["read_at"] == run.completed_at.isoformat().replace("+00:00", "Z")


def test_what_only_an_administrator_may_read_is_not_shown(client: Client, services: list[Service]) -> None:
    make_update(status=PricingUpdate.Status.FAILED, completed_at=None, error_message=SECRET)
    make_update(status=PricingUpdate.Status.PARTIAL, error_message=SECRET, services_failed=1)

    for path in ("/status/", "/status.json", "/status.csv"):
        found = client.get(path).content.decode()
        assert "AIza" not in found
        assert "/home/admin" not in found
        assert services[3].display_name in found


def test_the_last_thirty_runs_are_listed_the_latest_first(client: Client) -> None:
    now = timezone.now()
    for number in range(32):
        make_update(
            started_at=now,
            completed_at=now + timedelta(seconds=number),
            skus_changed=number,
            skus_retired=1,
            services_failed=2,
        )

    runs = answer(client)["runs"]

    assert [run["skus_changed"] for run in runs] == list(range(31, 1, -1))
    assert (runs[0]["seconds"], runs[0]["skus_withdrawn"], runs[0]["services_failed"]) == (31, 1, 2)
    assert page(client).count("data-seconds=") == 30


def test_a_run_without_a_sign_of_life_has_failed(client: Client) -> None:
    now = timezone.now()
    make_update(started_at=now, completed_at=now)
    for age in (timedelta(minutes=6), timedelta(seconds=5)):
        make_update(
            status=PricingUpdate.Status.RUNNING,
            started_at=now - age,
            heartbeat_at=now - age,
            completed_at=None,
        )

    assert [run["status"] for run in answer(client)["runs"]] == ["running", "failed", "completed"]


def test_the_services_have_pages(
    client: Client, services: list[Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.catalog.status.SERVICES", 3)

    assert [row["service_id"] for row in answer(client, "?page=2")["services"]] == [services[0].pk]
    assert 'href="?page=2#services" rel="next"' in page(client)
    assert answer(client, "?page=3")["services"] == []


def test_the_sample_is_said_to_be_one(client: Client) -> None:
    now = timezone.now()
    make_update(started_at=now, completed_at=now, source="sample")
    make_sku()

    assert answer(client)["is_current"] is False
    assert "Prices are a sample" in page(client)


def test_the_page_takes_three_queries(
    client: Client, services: list[Service], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert services
    with django_assert_num_queries(3):
        page(client)


def test_every_page_links_to_the_status_and_the_changes(client: Client) -> None:
    footer = client.get("/").content.decode().split("<footer>")[1]

    assert 'href="/status/"' in footer
    assert 'href="/changes/"' in footer
