"""The page of models on all clouds."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Sku, SkuModel
from catalog.pricing import model_lists, model_rates
from catalog.providers.sample.source import SampleSource
from catalog.sync.run import sync

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sample() -> None:
    sync(SampleSource())


def rows(client: Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(client.get(f"/models.json?{query}").content)["rows"]
    return found


def test_a_row_has_the_price_of_each_kind_of_tokens_and_its_date(client: Client) -> None:
    found = rows(client, "model=claude+sonnet+4.6&scope=global&tier=standard")
    [row] = [each for each in found if not each["notes"].get("model")]

    tokens = [row[kind] for kind in ("input", "cached_input", "cache_write", "output")]
    assert tokens == ["3", "0.3", "3.75", "15"]
    assert (row["cloud"], row["since"], row["developer"]) == ("AWS", "2026-09-11", "Anthropic")


@pytest.mark.parametrize(
    ("query", "column", "value"),
    [("cloud=azure", "cloud", "Azure"), ("tier=batch", "tier", "batch"), ("context=long", "context", "long")],
)
def test_filters_leave_out_the_others(client: Client, query: str, column: str, value: str) -> None:
    found = rows(client, query)

    assert found
    assert {row[column] for row in found} == {value}
    assert len(found) < len(rows(client))


def test_prices_sort_by_size_and_those_that_lack_one_come_last(client: Client) -> None:
    outputs = [row["output"] for row in rows(client, "sort=-output")]
    known = [float(each) for each in outputs if each is not None]

    assert known == sorted(known, reverse=True)
    assert outputs[: len(known)].count(None) == 0


def test_a_price_that_the_list_lacks_is_none_and_not_zero(client: Client) -> None:
    [row] = rows(client, "model=qwen3-32b&tier=priority")

    assert row["cached_input"] is None
    assert not any(each["input"] == "0" for each in rows(client))


def test_the_csv_has_all_rows(client: Client) -> None:
    text = client.get("/models.csv").content.decode()

    assert len([*csv.DictReader(text.splitlines())]) == len(rows(client)) > 40


def test_caches_of_an_hour_have_a_row_of_their_own(client: Client) -> None:
    found = rows(client, "model=claude-sonnet-4-6&scope=regional&tier=standard")
    writes = {each["notes"].get("model"): each["cache_write"] for each in found}

    assert writes["1h"] == "6.6"
    assert writes[None] != "6.6"


def test_a_price_leads_to_its_sku(client: Client) -> None:
    page = client.get("/models/?model=claude-sonnet-4-6").content.decode()

    assert 'href="/skus/SAMPLE-AWS-' in page


@pytest.mark.parametrize("query", ["region=atlantis", "cloud=ibm", "sort=beauty"])
def test_what_cannot_be_shown_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/models/?{query}").status_code == 400


def test_a_price_is_shown_to_its_last_digit(client: Client) -> None:
    page = client.get("/models/?model=claude-sonnet-4-6&scope=regional").content.decode()

    assert ">$4.125<" in page


def test_nothing_found_leads_back_to_all(client: Client) -> None:
    assert "Show all" in client.get("/models/?model=zzz").content.decode()


def test_the_first_view_takes_few_queries_and_the_next_one(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    model_rates.forget()
    model_lists.forget()
    with django_assert_max_num_queries(4):
        client.get("/models/")


def test_json_and_csv_have_all_regions_and_the_page_the_first(client: Client) -> None:
    row = SkuModel.objects.get(model_id="gpt-5", scope="global", tier="standard", direction="Output")
    places = ["eu-west-1", "eu-west-3", "sa-east-1", "us-east-1", "us-west-2"]
    Sku.objects.filter(pk=row.sku_id).update(service_regions=places)

    [found] = [
        each
        for each in rows(client, "model=gpt-5&scope=global&tier=standard")
        if each["model"] == "gpt-5" and not each["input"]
    ]
    page = client.get("/models/?model=gpt-5&scope=global&tier=standard").content.decode()

    assert found["regions"] == ", ".join(places)
    assert ">eu-west-1, eu-west-3, sa-east-1 and 2 more<" in page


def test_a_model_leads_to_its_comparison_on_all_clouds(client: Client) -> None:
    page = client.get("/models/?model=claude-sonnet-4-6").content.decode()

    assert 'href="/compare/?q=claude-sonnet-4-6"' in page
