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


def test_a_gpu_that_is_not_listed_has_no_price(client: Client) -> None:
    [gpu] = [row for row in answer(client, "/gpus.json")["rows"] if row["gpu"] == "nvidia-gb300"]

    assert gpu["OnDemand"] is None
    assert gpu["notes"]["OnDemand"] == "not listed"


def test_the_page_takes_two_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/gpus/")

    with django_assert_num_queries(2):
        assert b"aria-sort" in client.get("/gpus/?per=month").content
