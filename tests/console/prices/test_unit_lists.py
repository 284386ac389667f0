"""The pages of disks and buckets."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kind_prices")]


def answer(client: Client, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(address).content)
    return found


def test_disks_are_listed_by_what_they_are_billed_for(client: Client) -> None:
    found = answer(client, "/disks.json?region=us-west1")["rows"]

    prices = {(row["disk"], row["part"], row["usage_type"]): row["price"] for row in found}
    assert prices["hyperdisk-balanced", "IOPS", "On demand"] == "0.005"
    assert prices["local-ssd", "capacity", "1 year"] == "0.0504"


def test_a_row_of_the_csv_says_that_a_disk_is_in_two_zones(client: Client) -> None:
    text = client.get("/disks.csv?region=europe-west3").content.decode()

    [row] = [each for each in csv.DictReader(text.splitlines()) if each["disk"] == "pd-ssd"]
    assert (row["price"], row["notes"]) == ("0.408", "disk: in two zones")


def test_the_csv_says_that_a_price_has_tiers(client: Client) -> None:
    text = client.get("/buckets.csv").content.decode()

    [standard] = [row for row in csv.DictReader(text.splitlines()) if row["storage_class"] == "standard"]
    assert "storage: in tiers" in standard["notes"]


def test_disks_without_a_price_are_left_out_by_name(client: Client) -> None:
    found = answer(client, "/disks.json?region=us-west1")

    assert "pd-extreme" not in {row["disk"] for row in found["rows"]}
    assert "pd-extreme IOPS (on demand)" in found["not_priced"]
    assert b"pd-extreme IOPS (on demand)" in client.get("/disks/?region=us-west1").content


def test_buckets_are_priced_in_regions_and_wider_locations(client: Client) -> None:
    [iowa] = [row for row in answer(client, "/buckets.json")["rows"] if row["storage_class"] == "standard"]
    classes = {row["storage_class"]: row for row in answer(client, "/buckets.json?region=us")["rows"]}

    assert (iowa["storage"], iowa["notes"]["storage"]) == ("0.02", "in tiers")
    assert iowa["notes"]["retrieval"] == "no charge"
    assert classes["nearline"]["retrieval"] == "0.01"


@pytest.mark.usefixtures("remembering")
@pytest.mark.parametrize("name", ["disks", "buckets"])
def test_each_page_is_sorted_by_its_heads_and_takes_few_queries(
    client: Client, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(f"/{name}/")

    with django_assert_max_num_queries(3):
        page = client.get(f"/{name}/").content.decode()

    assert page.count("aria-sort") == 1
    assert 'aria-current="page"' in page


@pytest.mark.parametrize("name", ["disks", "buckets"])
def test_a_place_that_is_none_is_refused(client: Client, name: str) -> None:
    assert client.get(f"/{name}/?region=atlantis").status_code == 400
