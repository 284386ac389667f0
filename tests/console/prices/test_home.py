from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate
from catalog.sync.run import sync
from catalog.sync.scope import Scope
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update
from tests.catalog.tables import priced
from tests.catalog.wire import COMPUTE, STORAGE, WireSource, compute

pytestmark = pytest.mark.django_db

SAMPLE_NOTICE = "from the bundled sample, not today&#x27;s."


def home(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_says_how_to_connect(client: Client) -> None:
    html = home(client)
    assert "claude mcp add --transport http cloud-pricing http://127.0.0.1:8000/mcp" in html
    assert '"url": "http://127.0.0.1:8000/mcp"' in html
    # One text: without a token first, as on the connect page; the token is folded away.
    steps = render_to_string(
        "accounts/connect_steps.html", {"mcp_url": "http://127.0.0.1:8000/mcp", "heading": "h3"}
    )
    assert steps in html
    assert steps.replace("h3>", "h2>") in client.get("/connect/").content.decode()
    assert html.index("claude mcp add") < html.index("<details>") < html.index("Bearer TOKEN")
    assert 'href="/admin/"' in html


def test_home_shows_the_commands_that_fill_an_empty_catalog(client: Client) -> None:
    make_update(status=PricingUpdate.Status.RUNNING, completed_at=None)

    html = home(client)
    assert "The catalog is empty" in html
    assert f"{settings.MANAGE_COMMAND} sync_catalog --source sample" in html
    assert SAMPLE_NOTICE not in html


def test_home_counts_what_the_catalog_offers_and_not_what_the_last_run_read(client: Client) -> None:
    sync(WireSource({COMPUTE: [priced(1, "A"), priced(1, "B")], STORAGE: [priced(1, "C")], "0-0-0": []}))
    sync(compute(priced(1, "A")), Scope(names=[COMPUTE]))

    html = home(client)
    assert "2 SKUs of 2 services" in html
    assert SAMPLE_NOTICE not in html


def test_home_shows_the_oldest_sync_of_a_service_and_warns_if_it_is_old(client: Client) -> None:
    make_update(source="api")
    make_sku()
    assert "over 36 hours ago" not in home(client)
    make_sku(service=make_service(synced_at=NOON))

    html = home(client)
    assert "2 Jan 2026, 12:00 UTC" in html
    assert "These prices were last synced at 2026-01-02 12:00 UTC, over 36 hours ago." in html


def test_home_warns_if_the_last_sync_failed(client: Client) -> None:
    make_update(source="api", completed_at=timezone.now(), is_full=True)
    make_sku(service=make_service(synced_at=None))
    assert "failed" not in home(client)
    make_update(source="api", status="failed", started_at=timezone.now(), completed_at=None, is_full=True)

    assert "failed: these prices are of" in home(client)


def test_home_marks_the_bundled_sample(client: Client) -> None:
    make_update(source="sample")

    assert SAMPLE_NOTICE in home(client)


@pytest.mark.usefixtures("remembering")
def test_home_costs_few_queries(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    call_command("sync_catalog", source="sample")
    home(client)

    with django_assert_num_queries(2):
        home(client)


@pytest.mark.usefixtures("remembering")
def test_home_shows_a_price_from_when_it_takes_effect(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = timezone.now() + timedelta(hours=1)
    compute = make_service(display_name="Compute Engine")
    name = "N2 Instance Core running in Belgium"
    sku = make_sku(service=compute, display_name=name, service_regions=["europe-west1"])
    make_price(sku)
    make_price(sku, [(0, "7", 0)], effective_time=soon)
    make_update(completed_at=timezone.now())
    assert "$0.031611</strong>" in home(client)

    monkeypatch.setattr(timezone, "now", lambda: soon + timedelta(hours=1))

    assert "$7.00</strong>" in home(client)


def test_home_shows_examples_with_their_prices(client: Client) -> None:
    make_update()
    compute = make_service(display_name="Compute Engine")
    name = "N2 Instance Core running in Belgium"
    make_price(make_sku(service=compute, display_name=name, service_regions=["europe-west1"]))

    html = home(client)
    assert (
        '<a href="/search?q=n2%20core%20belgium"><span>n2 core belgium</span> <strong>$0.031611</strong>'
        in html
    )


def test_an_example_that_the_catalog_lacks_has_no_price(client: Client) -> None:
    make_update()

    html = home(client)
    assert '<a href="/search?q=n2%20core%20belgium"><span>n2 core belgium</span></a>' in html
