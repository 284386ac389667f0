"""How answers say when their prices were synced, and warn if that is long ago or the last sync failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate, Service, Sku
from catalog.pricing.answers import utc_text
from tests.catalog.factories import make_price, make_service, make_sku, make_update
from tools import registry

pytestmark = pytest.mark.django_db

NOW = timezone.now()
FRESH, OLDER, OLD = NOW - timedelta(hours=1), NOW - timedelta(hours=30), NOW - timedelta(hours=37)
NEVER = "Some of these prices have not been synced completely yet."


@pytest.fixture
def compute() -> Sku:
    make_update(source="api", completed_at=NOW)
    return add("Compute Engine", "N2 Core", FRESH)


def add(service: str, sku: str, synced_at: Any, **fields: Any) -> Sku:
    added = make_sku(
        service=make_service(display_name=service, synced_at=synced_at, **fields), display_name=sku
    )
    make_price(added)
    return added


def answers(sku: Sku) -> list[dict[str, Any]]:
    """The answers of the three tools about a SKU, with what they say beside the figures as `said`."""
    found = [
        registry.call("search", {"query": sku.display_name, "kind": "skus"}).content,
        registry.call("details", {"sku_ids": [sku.pk]}).content,
        registry.call("calculate", {"items": [{"sku_id": sku.pk, "quantity": 1}]}).content,
    ]
    return [answer | {"said": answer.get("hint") or answer.get("assumptions", [""])[0]} for answer in found]


def test_an_answer_shows_when_its_own_service_was_synced(compute: Sku) -> None:
    add("Cloud Storage", "Standard Storage", OLD)

    for answer in answers(compute):
        assert answer["catalog"]["synced_at"] == utc_text(FRESH)
        assert answer["catalog"]["stale"] is False
        assert "synced" not in answer["said"]


def test_the_notice_comes_before_the_hint_of_details(compute: Sku) -> None:
    Service.objects.update(synced_at=OLD)
    sku = make_sku(service=compute.service)

    hint = registry.call("details", {"sku_ids": [sku.pk]}).content["hint"]

    assert hint.endswith(f"over 36 hours ago. {sku.pk}: Google lists no price for this SKU.")


def test_an_answer_about_several_services_shows_the_oldest(compute: Sku) -> None:
    other = add("Cloud Storage", "Standard Storage", OLDER)

    catalog = registry.call("details", {"sku_ids": [compute.pk, other.pk]}).content["catalog"]

    assert catalog["synced_at"] == utc_text(OLDER)
    assert catalog["stale"] is False


def test_an_answer_older_than_36_hours_is_stale_and_says_so(compute: Sku) -> None:
    Service.objects.update(synced_at=OLD)

    for answer in answers(compute):
        assert answer["catalog"]["stale"] is True
        expected = f"These prices were last synced at {OLD:%Y-%m-%d %H:%M} UTC, over 36 hours ago."
        assert expected in answer["said"]


def test_an_answer_is_stale_if_the_last_sync_of_its_service_failed(compute: Sku) -> None:
    Service.objects.update(sync_error="403 no.")

    for answer in answers(compute):
        assert answer["catalog"]["synced_at"] == utc_text(FRESH)
        assert answer["catalog"]["stale"] is True
        since = f"{FRESH:%Y-%m-%d %H:%M} UTC"
        assert f"The last sync could not read Compute Engine: its prices are of {since}." in answer["said"]


def failed(hours: float = 0, **fields: Any) -> PricingUpdate:
    """A full run that failed so many hours after the services were read."""
    began = FRESH + timedelta(hours=hours, minutes=1)
    defaults = {"started_at": began, "completed_at": None, "status": "failed", "is_full": True}
    return make_update(**defaults | fields)


def is_stale(sku: Sku) -> bool:
    [is_stale] = {answer["catalog"]["stale"] for answer in answers(sku)}
    return bool(is_stale)


def test_an_answer_is_stale_at_once_if_the_last_sync_failed_as_a_whole(compute: Sku) -> None:
    run = failed()

    for answer in answers(compute):
        assert answer["catalog"]["synced_at"] == utc_text(FRESH)
        assert answer["catalog"]["stale"] is True
        expected = (
            f"The sync that started at {run.started_at:%Y-%m-%d %H:%M} UTC failed:"
            f" these prices are of {FRESH:%Y-%m-%d %H:%M} UTC."
        )
        assert expected in answer["said"]


def test_an_answer_about_nothing_says_that_the_last_sync_failed(compute: Sku) -> None:
    failed()

    answer = registry.call("details", {"sku_ids": ["zzzzzz"]}).content

    assert Sku.objects.get() == compute
    assert answer["catalog"]["stale"] is True
    assert "failed: these prices are of" in answer["hint"]


def test_services_that_a_failed_run_had_read_before_it_failed_are_current(compute: Sku) -> None:
    run = failed()
    Service.objects.update(synced_at=run.started_at + timedelta(seconds=1))

    assert not is_stale(compute)


@pytest.mark.parametrize("fields", [{}, {"status": "partial"}])
def test_a_failed_run_is_made_up_for_by_the_next_full_run(compute: Sku, fields: dict[str, Any]) -> None:
    failed()
    Service.objects.update(synced_at=None)
    make_update(source="api", is_full=True, started_at=NOW, completed_at=NOW, **fields)

    assert not is_stale(compute)


def test_a_failed_task_is_made_up_for_by_its_own_repetition_but_not_by_another_task(compute: Sku) -> None:
    failed(task_index=1, task_count=2)
    make_update(source="api", is_full=True, completed_at=NOW, task_index=0, task_count=2)
    assert is_stale(compute)

    make_update(source="api", is_full=True, completed_at=NOW, task_index=1, task_count=2)
    assert not is_stale(compute)


def test_a_failed_task_is_made_up_for_by_a_run_over_all_services(compute: Sku) -> None:
    failed(task_index=1, task_count=2)
    make_update(source="api", is_full=True, completed_at=NOW)

    assert not is_stale(compute)


def test_a_failed_run_over_some_services_or_past_prices_makes_nothing_stale(compute: Sku) -> None:
    failed(is_full=False)

    assert not is_stale(compute)


@pytest.mark.parametrize(("silent", "expected"), [(4, False), (6, True)])
def test_a_run_without_a_heartbeat_for_five_minutes_counts_as_failed(
    compute: Sku, silent: int, expected: bool
) -> None:
    failed(status="running", heartbeat_at=timezone.now() - timedelta(minutes=silent))

    assert is_stale(compute) is expected


def test_a_service_without_a_time_has_that_of_the_last_full_run(compute: Sku) -> None:
    Service.objects.update(synced_at=None)
    make_update(source="api", is_full=True, completed_at=OLDER)
    make_update(source="api", completed_at=FRESH)

    for answer in answers(compute):
        assert answer["catalog"]["synced_at"] == utc_text(OLDER)
        assert answer["catalog"]["stale"] is False
    assert registry.call("details", {"sku_ids": [compute.pk]}).content["skus"][0]["last_seen_at"] == utc_text(
        OLDER
    )
    nothing = registry.call("details", {"sku_ids": ["zzzzzz"]}).content
    assert nothing["catalog"]["synced_at"] == utc_text(OLDER)


def test_a_service_that_no_sync_has_read_is_stale_without_a_time(compute: Sku) -> None:
    Service.objects.update(synced_at=None)

    for answer in answers(compute):
        assert answer["catalog"]["synced_at"] is None
        assert answer["catalog"]["stale"] is True
        assert NEVER in answer["said"]


def test_an_answer_about_nothing_shows_the_oldest_of_the_whole_catalog(compute: Sku) -> None:
    add("Cloud Storage", "Standard Storage", OLDER)
    make_service(display_name="No SKUs", synced_at=OLD, sync_error="403 no.")

    calls: list[tuple[str, dict[str, Any]]] = [
        ("search", {"query": "zzzzzz"}),
        ("details", {"sku_ids": ["zzzzzz"]}),
    ]
    for name, arguments in calls:
        catalog = registry.call(name, arguments).content["catalog"]
        assert catalog["synced_at"] == utc_text(OLDER)
        assert catalog["stale"] is False

    add("Cloud SQL", "vCPU", FRESH, sync_error="403 no.")
    add("Cloud Run", "CPU", FRESH, sync_error="403 no.")
    answer = registry.call("details", {"sku_ids": ["zzzzzz"]}).content
    assert answer["catalog"]["stale"] is True
    assert answer["hint"] == "The last sync could not read Cloud Run and 1 more."
    assert Sku.objects.filter(pk=compute.pk).exists()


def test_a_service_that_is_found_counts_too(compute: Sku) -> None:
    Service.objects.filter(pk=compute.service_id).update(synced_at=OLD)

    answer = registry.call("search", {"query": "compute engine", "kind": "services"}).content

    assert [service["service_id"] for service in answer["services"]] == [compute.service_id]
    assert answer["services"][0].keys() == {"service_id", "display_name", "provider", "sku_count"}
    assert answer["catalog"]["synced_at"] == utc_text(OLD)


def test_the_state_of_the_catalog_takes_no_query_of_its_own(
    compute: Sku, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    registry.call("search", {"query": "n2"})  # reads the vocabulary

    with django_assert_num_queries(6):
        answers(compute)
