from __future__ import annotations

import csv
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from catalog.accuracy.check import STATUSES

pytestmark = pytest.mark.django_db


def test_before_a_check_the_page_says_that_there_was_none(client: Client) -> None:
    assert "have not been checked yet" in client.get("/accuracy/").content.decode()
    assert client.get("/accuracy.json").json()["checked_at"] is None
    assert client.get("/accuracy.csv").content.decode().splitlines() == [
        "id,status,question,expected,found,reason,source,date"
    ]


@pytest.fixture
def checked(client: Client) -> dict[str, Any]:
    call_command("sync_catalog", source="sample", stdout=StringIO())
    found: dict[str, Any] = client.get("/accuracy.json").json()
    return found


def test_every_figure_is_shown_the_failed_ones_first(client: Client, checked: dict[str, Any]) -> None:
    statuses = [figure["status"] for figure in checked["figures"]]
    html = client.get("/accuracy/").content.decode()
    rows = list(csv.DictReader(client.get("/accuracy.csv").content.decode().splitlines()))

    assert statuses == sorted(statuses, key=STATUSES.index)
    assert [row["id"] for row in rows] == [figure["id"] for figure in checked["figures"]]
    assert f"{checked['failed']} of {len(statuses)} known figures differ" in html
    for figure in checked["figures"]:
        assert figure["question"] in html
        assert figure["source"] in html
        assert figure["expected"] in html


def test_a_figure_that_failed_has_both_amounts_and_a_sample_is_called_one(
    client: Client, checked: dict[str, Any]
) -> None:
    html = client.get("/accuracy/").content.decode()
    [failed] = [figure for figure in checked["figures"] if figure["status"] == "failed"]

    assert (failed["expected"], failed["found"]) == ("23.00", "19.9")
    assert '<td class="number" data-label="Catalog">19.9</td>' in html
    assert checked["is_sample"]
    assert "bundled sample" in html
