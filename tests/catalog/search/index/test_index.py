from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils import timezone

from catalog.models import Service, Sku, SkuAttributes
from catalog.offers import store
from catalog.offers.named_sku import NamedSku
from catalog.providers.google_cloud.regions import LIST_PRICE_REGIONS
from catalog.search import SearchRequest, search
from catalog.search.index import schema
from tests.catalog.factories import make_service, make_sku, make_update


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _found(words: str) -> set[str]:
    return {sku["display_name"] for sku in search(SearchRequest(words, kind="skus"))["skus"]}


def _matching(expression: str) -> list[tuple[Any, ...]]:
    """The IDs of the SKUs that an FTS5 expression matches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sku_id FROM sku_words WHERE sku_words MATCH %s", [expression])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _check_integrity() -> None:
    """FTS5's own check that the index matches its table; it raises an error if not."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sku_words (sku_words, rank) VALUES ('integrity-check', 1)")


@pytest.mark.django_db
def test_changes_are_searchable_at_once_and_deleted_skus_are_not_found() -> None:
    make_update()
    sku = make_sku(display_name="Alpha Widget")
    assert _found("alpha") == {"Alpha Widget"}

    sku.display_name = "Beta Widget"
    sku.save()
    assert _found("beta") == _found("widget") == {"Beta Widget"}

    Sku.objects.update(retired_at=timezone.now())
    assert _found("widget") == set()
    Sku.objects.update(retired_at=None)
    assert _found("widget") == {"Beta Widget"}

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
def test_plain_and_short_skus_have_lower_ids() -> None:
    for name, cost in [
        ("Fourth", 4000),
        ("Last", 10**6),
        ("Third and long", 8),
        ("Second", 11),
        ("First", 3),
    ]:
        sku = make_sku(display_name=name)
        SkuAttributes.objects.filter(pk=sku.pk).update(cost=cost)

    names = [name.split()[0] for (name,) in _rows("SELECT name FROM sku_search ORDER BY id")]
    assert names == ["first", "second", "third", "fourth", "last"]


@pytest.mark.django_db
def test_skus_that_are_alike_have_ids_in_the_order_of_indexing() -> None:
    skus = [make_sku(display_name="N2 Instance Core") for _ in range(3)]

    assert [sku_id for (sku_id,) in _rows("SELECT sku_id FROM sku_search ORDER BY id")] == [
        sku.pk for sku in skus
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("sku_is_first", [True, False])
def test_a_sku_is_indexed_with_its_attributes_whichever_is_written_first(sku_is_first: bool) -> None:
    columns = "facts, unread, key, costs, is_list_price FROM"
    named = NamedSku("Compute Engine", "N2 Instance Core Kettle", "Compute", "CPU", "OnDemand")
    writes: list[Callable[[], object]] = [
        lambda: Sku.objects.create(sku_id="A", service=make_service()),
        lambda: store.write([store.row_of("A", "5E1C", named)]),
    ]

    for write in writes if sku_is_first else reversed(writes):
        write()

    assert _rows(f"SELECT {columns} sku_search") == _rows(f"SELECT {columns} sku_attributes")
    assert _matching('facts : "part=core"') == _matching("unread : kettle") == [("A",)]
    SkuAttributes.objects.update(facts=" part=ram ")
    assert _matching('facts : "part=core"') == []
    assert _matching('facts : "part=ram"') == [("A",)]
    _check_integrity()


@pytest.mark.django_db
def test_attributes_that_stay_the_same_leave_the_index_alone() -> None:
    first, _ = make_sku(display_name="Core"), make_sku(display_name="Core")
    before = _rows("SELECT id, sku_id FROM sku_search")

    SkuAttributes.objects.filter(pk=first.pk).update(facts=F("facts"), span_unit="cpu")
    assert _rows("SELECT id, sku_id FROM sku_search") == before
    SkuAttributes.objects.filter(pk=first.pk).update(facts=" part=core part=ram ")
    assert _rows("SELECT id, sku_id FROM sku_search") != before


@pytest.mark.django_db
def test_a_list_price_is_found_in_its_five_regions_only() -> None:
    service = make_service(display_name="Compute Engine")
    sku = make_sku(
        service=service,
        display_name="Storage PD Capacity",
        service_regions=["global"],
        geo_taxonomy_regions=[],
    )
    assert _matching("place : global") == [(sku.pk,)]

    for place, region in [("London", "europe-west2"), ("Zurich", "europe-west6")]:
        name = f"Storage PD Capacity in {place}"
        make_sku(service=service, display_name=name, service_regions=[region])
    store.mark_list_prices([service.pk])

    assert _matching("place : global") == []
    for region in LIST_PRICE_REGIONS:
        assert _matching(f'place : "{region}"') == [(sku.pk,)]
    _check_integrity()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "taxonomy", "sold", "unsold"),
    [
        ("Reserved H200 141GB GPU in TelAviv", [], ["me-west1"], ["europe-west3"]),
        ("Cloud Interconnect - Egress traffic Africa", [], ["africa-south1"], ["me-west1"]),
        ("Storage Machine Image in Asia", [], ["asia-southeast2", "asia1"], ["us-east1", "eur4"]),
        ("PD Snapshot Egress between Asia and Middle East", [], ["asia-east1", "me-central1"], ["us"]),
        ("Turbo Replication within Europe", ["europe-west2"], ["europe-west2"], ["europe-west3"]),
        ("Backend Instances", ["europe-west2", "us-east1"], ["us-east1"], ["us-west1"]),
    ],
)
def test_what_is_listed_as_global_is_sold_where_its_name_or_taxonomy_says(
    name: str, taxonomy: list[str], sold: list[str], unsold: list[str]
) -> None:
    sku = make_sku(display_name=name, service_regions=["global"], geo_taxonomy_regions=taxonomy)

    for region in sold:
        assert _matching(f'{{place reach}} : "{region}"') == [(sku.pk,)], region
    for region in [*unsold, "global"]:
        assert _matching(f'{{place reach}} : "{region}"') == [], region
    _check_integrity()


@pytest.mark.django_db
def test_a_destination_does_not_say_where_a_sku_is_sold() -> None:
    sku = make_sku(display_name="Download Australia", service_regions=["global"], geo_taxonomy_regions=[])

    assert _matching("place : global") == [(sku.pk,)]


@pytest.mark.django_db
def test_no_migration_drops_a_trigger() -> None:
    """SQLite drops the triggers of a table that Django rebuilds; such a migration has to restore them."""
    named = {name for (name,) in _rows("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert named == {*schema.TRIGGERS}


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
