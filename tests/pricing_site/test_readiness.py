from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate
from pricing_site import readiness

pytestmark = pytest.mark.django_db


def test_a_server_with_an_empty_catalog_is_ready_and_says_that_there_are_no_prices() -> None:
    found = readiness.readiness()

    assert found["status"] == "ready"
    assert found["checks"]["catalog"] == {"ok": False, "age_seconds": None}
    assert found["checks"]["costs"] == {"ok": True, "age_seconds": None}


@pytest.mark.parametrize(("hours", "is_current"), [(35, True), (37, False)])
def test_old_prices_are_told_and_do_not_stop_a_server(
    monkeypatch: pytest.MonkeyPatch, hours: int, *, is_current: bool
) -> None:
    call_command("sync_catalog", source="sample", verbosity=0)
    later = timezone.now() + timedelta(hours=hours)
    monkeypatch.setattr(timezone, "now", lambda: later)

    found = readiness.readiness()

    assert found["status"] == "ready"
    assert found["checks"]["catalog"]["ok"] is is_current
    assert found["checks"]["catalog"]["age_seconds"] == pytest.approx(hours * 3600, abs=60)


def test_a_server_whose_database_lacks_a_migration_is_not_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM django_migrations WHERE app = 'costs'")
        cursor.execute("DELETE FROM django_migrations WHERE id = %s", cursor.fetchone())

    found = readiness.readiness()

    assert found["status"] == "unavailable"
    assert found["checks"] == {"database": {"ok": True}, "migrations": {"ok": False, "missing": 1}}


def test_a_database_ahead_of_the_server_is_ready() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('costs', '9999_later', '2027-01-01')"
        )

    assert readiness.readiness()["status"] == "ready"


def test_a_database_that_fails_is_told_without_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("disk I/O error in /srv/secret/catalog.db")

    monkeypatch.setattr(PricingUpdate.objects, "latest_completed", fail)

    found = readiness.readiness()

    assert found["status"] == "unavailable"
    assert found["checks"]["database"] == {"ok": False}
    assert "secret" not in f"{found}"


def test_a_probe_takes_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    readiness.readiness()

    with django_assert_max_num_queries(6):
        readiness.readiness()
