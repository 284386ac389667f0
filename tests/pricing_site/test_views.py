from __future__ import annotations

import base64
import hashlib
import re

import pytest
from django.conf import settings
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate
from catalog.sync.run import sync
from catalog.sync.scope import Scope
from tests.catalog.factories import NOON, make_service, make_sku, make_update
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


@pytest.mark.parametrize("message", ["no such table: pricing_updates", "no such column: skus.price"])
def test_home_shows_the_commands_that_prepare_a_database_that_is_not_migrated(
    client: Client, monkeypatch: pytest.MonkeyPatch, message: str
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError(message)

    monkeypatch.setattr("catalog.models.PricingUpdateQuerySet.latest_completed", fail)
    client.raise_request_exception = False
    response = client.get("/")

    html = response.content.decode()
    assert response.status_code == 503
    assert f"{settings.MANAGE_COMMAND} migrate</code>" in html
    assert f"{settings.MANAGE_COMMAND} sync_catalog --source sample\n" in html
    assert html.index("migrate") < html.index("sync_catalog")


def test_another_fault_of_the_database_is_no_matter_of_migrations(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("catalog.models.PricingUpdateQuerySet.latest_completed", fail)
    client.raise_request_exception = False
    response = client.get("/")

    assert response.status_code == 500
    assert "migrate" not in response.content.decode()


def test_home_counts_what_the_catalog_offers_and_not_what_the_last_run_read(client: Client) -> None:
    sync(WireSource({COMPUTE: [priced(1, "A"), priced(1, "B")], STORAGE: [priced(1, "C")], "0-0-0": []}))
    sync(compute(priced(1, "A")), Scope(names=[COMPUTE]))

    html = home(client)
    assert "<dt>SKUs</dt><dd>2</dd>" in html
    assert "<dt>Services</dt><dd>2</dd>" in html
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


def test_home_costs_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_update()

    with django_assert_num_queries(1):
        home(client)


def test_a_fault_is_shown_with_an_id_that_the_log_has_without_static_files(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("catalog.models.PricingUpdateQuerySet.latest_completed", fail)
    monkeypatch.setattr("pricing_site.static_files.MemoryStorage.url", fail)
    client.raise_request_exception = False
    response = client.get("/")

    html = response.content.decode()
    assert response.status_code == 500
    assert 'name="viewport"' in html
    assert '<a href="/">home page</a>' in html
    [error_id] = re.findall(r"error id <code>([0-9a-f]{8})</code>", html)
    assert f"Error {error_id} in page /" in caplog.text
    [style] = re.findall(r"<style>(.*)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}'" in response["Content-Security-Policy"]


def test_the_endpoint_opened_in_a_browser_leads_to_the_connect_page(client: Client) -> None:
    response = client.get("/mcp")

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert 'href="/connect/"' in response.content.decode()
    assert "MCP endpoint" in response.content.decode()
