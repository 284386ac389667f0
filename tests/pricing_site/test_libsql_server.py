"""The site on a libSQL server: migrations, the admin, JSON, bulk writes, transactions and times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.db.models import F, Max, Min
from django.db.utils import ConnectionHandler
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from catalog.models import PricingUpdate, Service, Sku
from pricing_site.database import from_url
from tests.harness.databases import open_database

NOON = dt.datetime(2026, 2, 28, 12, 0, 0, 123456, dt.UTC)


@pytest.fixture(scope="module")
def _site_on_libsql(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    original = connections["default"]
    folder = tmp_path_factory.mktemp("site")
    with open_database("server", folder) as server, django_db_blocker.unblock():
        connections["default"] = ConnectionHandler({"default": from_url(server.url, Path())})["default"]
        try:
            call_command("migrate", verbosity=0)
            yield
            connections["default"].close()
        finally:
            connections["default"] = original


pytestmark = pytest.mark.usefixtures("_site_on_libsql")


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service.objects.create(service_id="6F81-5844-456A", display_name="Compute Engine")
    yield service
    service.delete()


def test_all_migrations_apply_and_match_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("migrate", check_unapplied=True)
    call_command("makemigrations", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out


def test_an_administrator_signs_in_adds_searches_and_deletes() -> None:
    get_user_model().objects.create_superuser("admin", password="a long password")
    client = Client()
    signed_in = client.post(
        "/admin/login/?next=/admin/", {"username": "admin", "password": "a long password"}
    )
    assert signed_in.headers["Location"] == "/admin/"
    assert Session.objects.count() == 1
    client.post("/admin/auth/group/add/", {"name": "readers"})
    group = Group.objects.get(name="readers")
    assert b"readers" in client.get("/admin/auth/group/", {"q": "read"}).content
    assert b"0 groups" in client.get("/admin/auth/group/", {"q": "nobody"}).content
    client.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
    assert not Group.objects.exists()


def test_json_survives_a_round_trip_and_can_be_queried(service: Service) -> None:
    category = {"family": "Compute", "n": 2**60, "price": 0.1, "none": None, "text": 'é"\\\u0001'}
    Sku.objects.create(sku_id="A", service=service, display_name="a", category_json=category)
    assert Sku.objects.get(category_json__family="Compute").category_json == category
    assert Sku.objects.filter(category_json__n__gt=2**59, category_json__none=None).count() == 1
    assert not Sku.objects.filter(category_json__family="Storage").exists()


def test_bulk_create_updates_existing_rows(service: Service) -> None:
    def load(name: str) -> None:
        Sku.objects.bulk_create(
            [Sku(sku_id=str(n), service=service, display_name=f"{name} {n}") for n in range(5000)],
            update_conflicts=True,
            unique_fields=["sku_id"],
            update_fields=["display_name"],
        )

    load("old")
    load("new")
    assert Sku.objects.count() == 5000
    assert Sku.objects.aggregate(first=Min("display_name"), last=Max("display_name")) == {
        "first": "new 0",
        "last": "new 999",
    }


def test_a_failed_inner_block_keeps_the_outer_one_and_its_callbacks(service: Service) -> None:
    called: list[str] = []
    with transaction.atomic():
        Sku.objects.create(sku_id="A", service=service, display_name="kept")
        transaction.on_commit(lambda: called.append("outer"))
        with pytest.raises(IntegrityError), transaction.atomic():  # noqa: PT012  the block is the subject
            transaction.on_commit(lambda: called.append("inner"))
            Sku.objects.create(sku_id="A", service=service, display_name="refused")
        assert called == []
    assert called == ["outer"]
    assert [sku.display_name for sku in Sku.objects.all()] == ["kept"]


def test_a_failed_block_stores_nothing(service: Service) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012  the block is the subject
        Sku.objects.create(sku_id="A", service=service, display_name="a")
        raise ZeroDivisionError
    assert not Sku.objects.exists()


def test_times_are_stored_in_utc_to_the_microsecond_and_found_by_date() -> None:
    run = PricingUpdate.objects.create(started_at=NOON, completed_at=NOON + dt.timedelta(microseconds=1))
    assert PricingUpdate.objects.get(started_at__date=NOON.date()).started_at == NOON
    [month] = PricingUpdate.objects.datetimes("started_at", "month")
    assert month == dt.datetime(2026, 2, 1, tzinfo=dt.UTC)
    [duration] = PricingUpdate.objects.values_list(F("completed_at") - F("started_at"), flat=True)
    assert duration == dt.timedelta(microseconds=1)
    run.delete()
