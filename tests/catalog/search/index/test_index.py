from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from catalog.models import Service, Sku
from catalog.search import SearchRequest, search
from tests.catalog.factories import make_service, make_sku, make_update

MIGRATION = importlib.import_module("catalog.migrations.0003_search_index")


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _found(words: str) -> set[str]:
    return {sku["display_name"] for sku in search(SearchRequest(words, kind="skus"))["skus"]}


def _check_integrity() -> None:
    """FTS5's own check that the index matches its table; it raises an error if not."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sku_words (sku_words, rank) VALUES ('integrity-check', 1)")


@pytest.mark.django_db
def test_changes_are_searchable_at_once_and_deleted_skus_are_not_found() -> None:
    make_update()
    sku = make_sku(display_name="Alpha Disk")
    assert _found("alpha") == {"Alpha Disk"}

    sku.display_name = "Beta Disk"
    sku.save()
    assert _found("beta") == _found("disk") == {"Beta Disk"}

    Sku.objects.update(retired_at=timezone.now())
    assert _found("disk") == set()
    Sku.objects.update(retired_at=None)
    assert _found("disk") == {"Beta Disk"}

    Sku.objects.all().delete()
    assert _rows("SELECT * FROM sku_search") == []
    _check_integrity()


@pytest.mark.django_db
def test_an_upsert_indexes_new_and_changed_rows() -> None:
    service = make_service(display_name="Stores")
    make_sku(service=service, sku_id="A", display_name="Old Disk")

    Sku.objects.bulk_create(
        [Sku(sku_id="A", service=service, display_name="New Disk"), Sku(sku_id="B", service=service)],
        update_conflicts=True,
        unique_fields=["sku_id"],
        update_fields=["display_name"],
    )

    assert [name for (name,) in _rows("SELECT name FROM sku_search ORDER BY sku_id")] == [" new disk ", " "]
    _check_integrity()


@pytest.mark.django_db
def test_a_renamed_service_and_its_skus_are_found_by_the_new_name() -> None:
    make_update()
    service = make_service(display_name="Kettle")
    make_sku(service=service, display_name="Disk")

    service.display_name = "Teapot"
    service.save()

    answer = search(SearchRequest("teapot"))
    assert [found["display_name"] for found in answer["services"]] == ["Teapot"]
    assert [found["display_name"] for found in answer["skus"]] == ["Disk"]


@pytest.mark.django_db
def test_a_service_counts_the_skus_it_offers() -> None:
    service = make_service()
    make_sku(service=service, retired_at=timezone.now())
    for _ in range(3):
        make_sku(service=service)
    Sku.objects.filter(retired_at=None).first().delete()  # type: ignore[union-attr]

    assert _rows("SELECT service_id, sku_count FROM service_search") == [(service.pk, 2)]
    Service.objects.all().delete()
    assert _rows("SELECT * FROM service_search") == []


@pytest.mark.django_db
def test_plain_short_and_on_demand_skus_have_lower_ids() -> None:
    for name, usage_type in [
        ("Core with quite a long name", "OnDemand"),
        ("Custom Core", "OnDemand"),
        ("Core", "Preemptible"),
        ("Core", "OnDemand"),
        ("Sole Tenancy Custom Core", "OnDemand"),
    ]:
        make_sku(display_name=name, usage_type=usage_type)

    assert _rows("SELECT name, usage_type FROM sku_search ORDER BY id") == [
        (" core ", "OnDemand"),
        (" core with quite a long name ", "OnDemand"),
        (" custom core ", "OnDemand"),
        (" sole tenancy custom core ", "OnDemand"),
        (" core ", "Preemptible"),
    ]


@pytest.mark.django_db
def test_no_migration_drops_a_trigger() -> None:
    """SQLite drops the triggers of a table that Django rebuilds; such a migration has to restore them."""
    named = re.findall(r"CREATE TRIGGER (\w+)", " ".join(MIGRATION.CREATE))
    assert {name for (name,) in _rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")} == {*named}


@pytest.mark.django_db(transaction=True)
def test_the_migration_indexes_existing_rows_and_is_reversible() -> None:
    make_sku(service=make_service(display_name="Stores"), display_name="Disk")
    indexed = _rows("SELECT * FROM sku_search") + _rows(
        "SELECT service_id, name, sku_count FROM service_search"
    )
    try:
        MigrationExecutor(connection).migrate([("catalog", "0002_sync_runs")])
        assert not _rows("SELECT 1 FROM sqlite_master WHERE name LIKE 'sku\\_%' ESCAPE '\\'")
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    again = _rows("SELECT * FROM sku_search") + _rows(
        "SELECT service_id, name, sku_count FROM service_search"
    )
    assert again == indexed
    _check_integrity()
