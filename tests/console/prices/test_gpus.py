"""The page of GPUs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("machine_prices")]


def answer(client: Client, address: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.get(address).content)
    return found


def test_a_gpu_has_the_price_of_one_whatever_its_machine(client: Client) -> None:
    [t4] = [row for row in answer(client, "/gpus.json")["rows"] if row["gpu"] == "nvidia-tesla-t4"]

    assert (t4["machines"], t4["Commit1Yr"]) == ("n1", "0.22")


def test_an_hour_has_all_its_digits_and_a_month_is_in_cents(client: Client) -> None:
    [gpu] = [row for row in answer(client, "/gpus.json")["rows"] if row["gpu"] == "nvidia-tesla-a100"]
    assert gpu["Commit1Yr"] == "1.84836204"

    assert "$1.84836204" in client.get("/gpus/").content.decode()
    month = client.get("/gpus/?per=month").content.decode()
    assert "$1,349.30" in month
    assert "$1.84836204" not in month


def test_a_gpu_that_is_not_listed_has_no_price(client: Client) -> None:
    [gpu] = [row for row in answer(client, "/gpus.json")["rows"] if row["gpu"] == "nvidia-gb300"]

    assert gpu["OnDemand"] is None
    assert gpu["notes"]["OnDemand"] == "not listed"


@pytest.mark.usefixtures("remembering")
def test_the_page_takes_one_query(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client.get("/gpus/")

    with django_assert_num_queries(1):
        assert b"aria-sort" in client.get("/gpus/?per=month").content
