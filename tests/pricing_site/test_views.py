from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import PricingUpdate
from tests.catalog.factories import make_update

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
    assert 'href="/admin/"' in html


def test_home_shows_the_commands_that_fill_an_empty_catalog(client: Client) -> None:
    make_update(status=PricingUpdate.Status.RUNNING, completed_at=None)

    html = home(client)
    assert "The catalog is empty" in html
    assert "manage.py sync_catalog --source sample" in html
    assert SAMPLE_NOTICE not in html


def test_home_shows_the_figures_of_the_latest_completed_sync(client: Client) -> None:
    make_update(source="api", skus_synced=39_876, services_synced=1_903)
    make_update(source="api", status=PricingUpdate.Status.FAILED, skus_synced=5, services_synced=5)

    html = home(client)
    assert "39,876" in html
    assert "1,903" in html
    assert "2 Jan 2026, 12:00 UTC" in html
    assert SAMPLE_NOTICE not in html


def test_home_marks_the_bundled_sample(client: Client) -> None:
    make_update(source="sample")

    assert SAMPLE_NOTICE in home(client)


def test_home_costs_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_update()

    with django_assert_num_queries(1):
        home(client)
