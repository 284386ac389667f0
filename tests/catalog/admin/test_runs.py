from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import PricingUpdate
from catalog.sync.progress import duration_of
from tests.catalog.factories import NOON, make_update

pytestmark = pytest.mark.django_db

LIST = reverse("admin:catalog_pricingupdate_changelist")
Status = PricingUpdate.Status


def cells(page: str, column: str) -> list[str]:
    found = re.findall(rf'class="field-{column}(?: [^"]*)?">(.*?)</t[dh]>', page)
    return [re.sub("<[^>]*>", "", cell) for cell in found]


def test_a_run_shows_how_long_it_took_and_why_it_failed(admin_client: Client) -> None:
    update = make_update(
        completed_at=NOON + timedelta(seconds=83), error_message="403 Billing API is disabled"
    )

    assert cells(admin_client.get(LIST).content.decode(), "duration") == ["1 min 23 s"]
    page = admin_client.get(reverse("admin:catalog_pricingupdate_change", args=[update.pk]))
    assert "403 Billing API is disabled" in page.content.decode()


def test_a_run_that_goes_on_shows_how_far_it_is_and_one_that_is_silent_has_crashed(
    admin_client: Client,
) -> None:
    now = timezone.now()
    counts = {"status": Status.RUNNING, "completed_at": None, "services_synced": 30, "services_failed": 2}
    make_update(**counts, started_at=now, heartbeat_at=now, services_total=1900)
    make_update(**counts, started_at=now, heartbeat_at=now - timedelta(minutes=6), services_total=1900)
    make_update(services_synced=1861, services_total=1861)

    page = admin_client.get(LIST).content.decode()
    assert cells(page, "state") == ["completed", "crashed", "running"]
    assert cells(page, "services") == ["1,861", "32 of 1,900", "32 of 1,900"]
    assert 'class="state crashed"' in page


def test_a_failed_run_took_until_its_last_heartbeat() -> None:
    run = make_update(
        status=Status.FAILED, completed_at=None, started_at=NOON, heartbeat_at=NOON + timedelta(hours=2)
    )
    assert duration_of(run) == "2 h 0 min"


def test_an_empty_list_says_how_runs_come(admin_client: Client) -> None:
    assert "No sync has run yet." in admin_client.get(LIST).content.decode()
