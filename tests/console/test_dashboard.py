from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import AccessToken
from pytest_django import DjangoAssertNumQueries

from accounts import usage
from accounts.models import Client, User
from accounts.oauth import tokens
from catalog.models import PricingUpdate, SkuChange
from costs.models import CostLoad, CostSource
from tests.catalog.factories import make_sku, make_update

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
Status = PricingUpdate.Status


def shown(client: Browser) -> str:
    return client.get(INDEX).content.decode()


def figure(page: str, name: str) -> str:
    found = re.search(rf"<dt>{name}</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return re.sub("<[^>]*>", "", found[1]) if found else ""


def synced(**fields: object) -> PricingUpdate:
    now = timezone.now()
    return make_update(**{"started_at": now, "completed_at": now, "source": "api", "is_full": True} | fields)


def test_an_empty_catalog_is_said_to_be_empty(admin_client: Browser) -> None:
    page = shown(admin_client)
    assert "The catalog is empty: no sync has completed." in page
    assert "No sync has run yet." in page


def test_the_state_of_the_catalog_comes_first(admin_client: Browser) -> None:
    make_sku()
    synced()
    page = shown(admin_client)
    assert figure(page, "SKUs offered") == "1"
    assert "Prices are current." in page
    assert "empty" not in page.partition("<main")[2].partition("Calls of tools")[0]

    synced(status=Status.FAILED, completed_at=None, started_at=timezone.now())
    assert "failed: these prices are of" in shown(admin_client)
    synced(source="sample")
    assert "the bundled sample" in shown(admin_client)


def test_the_last_30_syncs_are_in_the_table_that_the_chart_is_drawn_from(admin_client: Browser) -> None:
    start = timezone.now() - timedelta(hours=1)
    for _ in range(29):
        synced(started_at=start, completed_at=start + timedelta(seconds=90), skus_changed=1_234)
    times = {"started_at": start, "heartbeat_at": start + timedelta(seconds=6), "completed_at": None}
    synced(status=Status.FAILED, **times)
    synced(status=Status.RUNNING, **times)

    page = shown(admin_client)
    rows = re.findall(r'data-seconds="(.*?)" data-status="(.*?)"', page)
    assert len(rows) == 30
    assert rows[:3] == [("6.0", "failed"), ("6.0", "failed"), ("90.0", "completed")]
    assert re.findall(r'class="state (\w+)"', page)[:3] == ["crashed", "failed", "completed"]
    assert '<canvas id="runs"' in page
    assert "1,234" in page


def test_the_largest_moves_of_the_last_sync_with_moves_are_named(admin_client: Browser) -> None:
    sku = make_sku(display_name="N2 Core")
    moved = synced(changes={"total": 1, "dearer": 1})
    SkuChange.objects.create(update=moved, place=1, kind="dearer", sku=sku, change_percent="12.5")
    synced(changes={"total": 0})

    page = shown(admin_client)
    assert "N2 Core" in page
    assert "+12.5 %" in page
    assert reverse("run", args=[moved.pk]) in page


def test_people_and_clients_that_were_active_lately_are_counted(admin_client: Browser) -> None:
    ann, bob = User.objects.create_user("ann"), User.objects.create_user("bob")
    User.objects.create_user("away", last_login=timezone.now() - timedelta(days=8))
    agents = [
        Client.objects.create(
            name=name,
            user=ann,
            client_type=Client.CLIENT_PUBLIC,
            authorization_grant_type=Client.GRANT_AUTHORIZATION_CODE,
            redirect_uris="http://127.0.0.1/callback",
        )
        for name in ("lately", "long ago")
    ]
    tokens.issue(bob, days=30)
    expires = timezone.now() + timedelta(hours=1)
    for agent in agents:
        AccessToken.objects.create(user=ann, application=agent, token=agent.name, expires=expires)
    AccessToken.objects.filter(application=agents[1]).update(created=timezone.now() - timedelta(days=8))

    page = shown(admin_client)
    assert figure(page, "People active, 7 days") == "3"
    assert figure(page, "Clients active, 7 days") == "1"


def test_loads_of_costs_are_counted_if_there_are_any(admin_client: Browser) -> None:
    assert "Loads of costs" not in shown(admin_client)
    source = CostSource.objects.create(name="bills", kind="folder", location="/bills")
    for number, days in enumerate((1, 2, 40)):
        CostLoad.objects.create(
            id=f"load-{number}",
            source=source,
            billing_period="2026-01",
            status=CostLoad.Status.FAILED,
            started_at=timezone.now() - timedelta(days=days),
        )
    assert figure(shown(admin_client), "Loads of costs, 30 days") == "2 failed"


def test_the_page_takes_nine_queries_besides_session_and_user(
    admin_client: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sku = make_sku()
    for _ in range(5):
        moved = synced(changes={"total": 1, "dearer": 1})
        SkuChange.objects.create(update=moved, place=1, kind="dearer", sku=sku, change_percent="12.5")

    with django_assert_max_num_queries(11):
        shown(admin_client)


def test_calls_of_tools_are_counted_over_everybody(admin_client: Browser) -> None:
    for name in ("ann", "bob"):
        usage.count(User.objects.create_user(name).pk, "search", 20, failed=False)
    usage.flush()

    html = admin_client.get("/admin/").content.decode()
    assert (
        '<td>search</td><td class="number">2</td><td class="number">0</td><td class="number">30 ms</td>'
        in html
    )
