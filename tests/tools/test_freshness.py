"""How answers say when their prices were synced, and warn if that is long ago or the last sync failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Service, Sku
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
    assert answer["services"][0].keys() == {"service_id", "display_name", "sku_count"}
    assert answer["catalog"]["synced_at"] == utc_text(OLD)


def test_the_state_of_the_catalog_takes_no_query_of_its_own(
    compute: Sku, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    registry.call("search", {"query": "n2"})  # reads the vocabulary

    with django_assert_num_queries(6):
        answers(compute)
