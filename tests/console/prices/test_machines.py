"""The page of all machine types."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.offers.resources.series import machine_types
from catalog.pricing.resources import machine_rates
from tools import prices
from tools.prices_schema import CalculateArguments, CalculateItem

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]


def rows(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = json.loads(client.get(f"/machines.json{query}").content)
    found: list[dict[str, Any]] = answer["rows"]
    return found


def row(client: Client, name: str, query: str = "") -> dict[str, Any]:
    return next(each for each in rows(client, query) if each["machine_type"] == name)


def names(client: Client, query: str) -> list[str]:
    return [each["machine_type"] for each in rows(client, query)]


def test_a_row_has_the_shape_and_what_calculate_says_of_each_way_to_buy_it(client: Client) -> None:
    found = row(client, "a2-highgpu-1g", "?region=us-east1")

    assert (found["vcpus"], found["memory_gib"], found["gpus"], found["gpu"]) == (
        "12",
        "85",
        "1",
        "nvidia-tesla-a100",
    )
    for usage_type in ("OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr"):
        item = CalculateItem(resource="a2-highgpu-1g", region="us-east1", usage_type=usage_type)
        answer = prices.calculate(CalculateArguments(items=[item]))
        assert float(found[usage_type]) == float(answer["items"][0]["cost"])


def test_a_year_is_twelve_months_and_an_hour_has_no_sustained_use_discount(client: Client) -> None:
    hour, month, year = (
        float(row(client, "n1-standard-4", f"?per={per}")["OnDemand"]) for per in ("hour", "month", "year")
    )

    assert year == pytest.approx(12 * month)
    assert month == pytest.approx(hour * 730 * 0.7)


def test_a_machine_without_a_price_of_a_part_has_no_price_and_says_why(client: Client) -> None:
    found = row(client, "f1-micro")

    assert found["Commit1Yr"] is None
    assert found["notes"]["Commit1Yr"] == "not listed"
    assert b"not listed" in client.get("/machines/?series=f1").content


def test_the_cheapest_on_demand_comes_first_and_what_has_no_price_last(client: Client) -> None:
    found = [each["OnDemand"] for each in rows(client)]
    priced = [float(each) for each in found if each]

    assert priced == sorted(priced)
    assert found[len(priced) :] == [None] * (len(found) - len(priced))
    assert len(found) == len(machine_types())


def test_any_column_sorts_both_ways(client: Client) -> None:
    up, down = names(client, "?series=n2&sort=vcpus"), names(client, "?series=n2&sort=-vcpus")

    assert up[0] == "n2-highcpu-2"
    assert down[0].endswith("-128")
    by_name = names(client, "?series=n2&sort=machine_type")
    assert by_name.index("n2-standard-8") < by_name.index("n2-standard-16")


def test_the_heads_say_how_the_table_is_sorted_and_sort_it(client: Client) -> None:
    page = client.get("/machines/?series=n2&sort=Preemptible&page=2").content.decode()

    assert page.count('aria-sort="ascending"') == 1
    assert 'href="?series=n2&amp;sort=-Preemptible"' in page
    assert 'href="?series=n2&amp;sort=vcpus"' in page


def test_machines_are_found_by_size_series_gpu_and_how_they_are_sold(client: Client) -> None:
    shape = "?least_vcpus=8&most_vcpus=8&least_memory_gib=32&most_memory_gib=64"
    assert {"n2-standard-8", "n2-highmem-8"} <= set(names(client, shape))
    assert "n2-highcpu-8" not in names(client, shape)
    assert {name.split("-")[0] for name in names(client, "?gpu=nvidia-l4")} == {"g2"}
    assert len(names(client, "?gpu=any")) > len(names(client, "?gpu=nvidia-l4"))
    assert "f1-micro" not in names(client, "?usage_type=Commit1Yr")
    assert "n2-standard-8" in names(client, "?usage_type=Commit1Yr")


def test_a_page_shows_fifty_and_leads_to_the_next(client: Client) -> None:
    first = client.get("/machines/?per=hour").content.decode()
    last = client.get("/machines/?per=hour&page=99").content.decode()

    assert first.count('<th scope="row">') == 50
    assert 'href="?per=hour&amp;page=2" rel="next"' in first
    assert 'rel="next"' not in last


@pytest.mark.parametrize("query", ["", "?sort=-Preemptible&per=hour", "?sort=-vcpus&usage_type=Commit1Yr"])
def test_a_page_shows_the_prices_and_notes_of_the_json(client: Client, query: str) -> None:
    """Only one of its prices is worked out for the rows that the page does not show."""
    page = client.get(f"/machines/{query}")
    shown = [{column.key: cell for column, cell in row} for row in page.context["rows"]]
    machine_rates.forget()

    listed = rows(client, query)[: len(shown)]

    assert [{key: cell.text for key, cell in row.items()} for row in shown] == [
        {key: value for key, value in row.items() if key != "notes"} for row in listed
    ]
    assert [{key: cell.note for key, cell in row.items() if cell.note} for row in shown] == [
        row["notes"] for row in listed
    ]


def test_the_csv_has_all_rows_with_numbers_alone(client: Client) -> None:
    text = client.get("/machines.csv?region=frankfurt").content.decode()

    found = list(csv.DictReader(text.splitlines()))

    assert len(found) == len(machine_types())
    assert [*found[0]] == [
        "machine_type",
        "vcpus",
        "memory_gib",
        "gpus",
        "gpu",
        "local_ssd_gib",
        "OnDemand",
        "Preemptible",
        "Commit1Yr",
        "Commit3Yr",
        "notes",
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?region=atlantis", "No region is called"),
        ("?region=us", "No region is called"),
        ("?per=decade", "per: must be"),
        ("?sort=beauty", "sort: there is no column"),
        ("?least_vcpus=many", "least_vcpus:"),
        ("?page=0", "page: must be at least 1"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(client: Client, query: str, message: str) -> None:
    answer = client.get(f"/machines.json{query}")

    assert answer.status_code == 400
    assert message in json.loads(answer.content)["error"]["message"]


def test_nothing_found_leads_back_to_all(client: Client) -> None:
    assert b"No machine type is like that." in client.get("/machines/?least_vcpus=5000").content


@pytest.mark.usefixtures("remembering")
def test_the_page_says_when_the_prices_were_read_and_takes_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/machines/?sort=-vcpus")

    with django_assert_num_queries(1):
        page = client.get("/machines/?sort=-vcpus").content.decode()

    assert "as Google listed them at" in page


@pytest.mark.usefixtures("remembering")
def test_once_all_rows_were_listed_any_order_takes_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/machines.json")

    with django_assert_num_queries(1):
        client.get("/machines/?sort=-vcpus")
    with django_assert_num_queries(1):
        client.get("/machines/?sort=Commit1Yr&usage_type=Preemptible")


def test_a_phone_has_a_choice_in_place_of_the_heads(client: Client) -> None:
    page = client.get("/machines/?sort=-vcpus").content.decode()

    assert '<option value="-vcpus" selected>' in page
