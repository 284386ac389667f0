from __future__ import annotations

import base64
import hashlib
import re

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client

pytestmark = pytest.mark.django_db


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

    assert response.status_code == 503
    assert "migrate" not in response.content.decode()


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
