from __future__ import annotations

import csv
import json

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.catalog.factories import make_price, make_service, make_sku, make_update
from tests.catalog.pricing.known_skus import EGRESS, add_egress
from tools import prices
from tools.prices_schema import SearchArguments

pytestmark = pytest.mark.django_db


@pytest.fixture
def _cores() -> None:
    """A core of N2 in two regions, on demand and as spot."""
    make_update()
    service = make_service(display_name="Compute Engine")
    for place, region, nanos in [
        ("Frankfurt", "europe-west3", 40_730_000),
        ("Iowa", "us-central1", 31_611_000),
    ]:
        for name, usage_type in [("N2", "OnDemand"), ("Spot Preemptible N2", "Preemptible")]:
            sku = make_sku(
                service=service,
                display_name=f"{name} Instance Core running in {place}",
                usage_type=usage_type,
                service_regions=[region],
                geo_taxonomy_regions=[region],
            )
            make_price(sku, [(0, "0", nanos if usage_type == "OnDemand" else nanos // 4)])


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.usefixtures("_cores")
def test_a_price_is_shown_by_the_unit_and_by_the_month(client: Client) -> None:
    html = page(client, "/search?q=n2+core+frankfurt")

    assert "N2 Instance Core running in Frankfurt" in html
    assert '$0.04073 <span class="unit">per hour</span>' in html
    assert "$29.73" in html  # 730 hours
    assert "N2 Instance Core running in Iowa" not in html


@pytest.mark.usefixtures("_cores")
def test_the_json_is_the_answer_of_the_tool(client: Client) -> None:
    answer = json.loads(page(client, "/search.json?q=n2+core+frankfurt"))

    assert answer == prices.search(SearchArguments(query="n2 core frankfurt", limit=25))


@pytest.mark.usefixtures("_cores")
def test_the_csv_has_a_row_for_each_sku(client: Client) -> None:
    [row] = csv.DictReader(page(client, "/search.csv?q=n2+core+frankfurt&usage_type=OnDemand").splitlines())

    assert row["display_name"] == "N2 Instance Core running in Frankfurt"
    assert (row["price_usd"], row["usage_unit"], row["price_per_month_usd"]) == ("0.04073", "h", "29.7329")


@pytest.mark.usefixtures("_cores")
def test_what_is_open_is_asked_with_a_link_for_each_answer(client: Client) -> None:
    html = page(client, "/search?q=n2+core")

    assert "Which region?" in html
    assert 'href="?q=n2+core&amp;region=europe-west3"' in html


@pytest.mark.usefixtures("_cores")
def test_a_filter_can_be_taken_away_and_stays_with_the_next_question(client: Client) -> None:
    html = page(client, "/search?q=n2+core&region=europe-west3&cursor=")

    assert '<a class="chip chosen" href="?q=n2+core">europe-west3' in html
    assert '<input type="hidden" name="region" value="europe-west3">' in html


@pytest.mark.usefixtures("_cores")
def test_results_can_be_sorted_by_price_and_stay_so_with_the_next_question(client: Client) -> None:
    html = page(client, "/search?q=n2+core")
    assert '<a class="chip" href="?q=n2+core&amp;sort=price">lowest price</a>' in html
    assert '<a class="chip chosen" href="?q=n2+core&amp;sort=relevance" aria-current="true">' in html

    html = page(client, "/search?q=n2+core&sort=price")
    assert 'href="?q=n2+core&amp;sort=price" aria-current="true">lowest price</a>' in html
    assert '<input type="hidden" name="sort" value="price">' in html


@pytest.mark.usefixtures("_cores")
def test_a_region_that_does_not_sell_it_is_told_from_those_that_do(client: Client) -> None:
    html = page(client, "/search?q=n2+core+tokyo")

    assert "It is not sold in asia-northeast1, but in europe-west3, us-central1." in html


def test_what_has_no_value_is_no_chip(client: Client) -> None:
    make_update()
    service = make_service(display_name="Cloud Storage")
    for name in ("Nearline Storage Iowa", "Nearline Storage US Multi-region"):
        make_price(make_sku(service=service, display_name=name, resource_family="Storage"))

    html = page(client, "/search?q=nearline+storage")
    assert "not said" in html
    assert '<a class="chip" href="?q=nearline+storage+multi">multi' in html
    assert ">none" not in html


@pytest.mark.usefixtures("_cores")
def test_what_the_catalog_lacks_is_said_and_nothing_else_is_shown(client: Client) -> None:
    html = page(client, "/search?q=aws+lambda")

    assert "the catalog has no SKUs of it" in html
    assert "$" not in html


@pytest.mark.usefixtures("_cores")
def test_a_value_that_cannot_be_used_is_refused_with_what_may_have_been_meant(client: Client) -> None:
    html = page(client, "/search?q=n2+core&region=europe-wst3", status=400)

    assert "europe-wst3" in html
    assert '<a href="?q=n2+core&amp;region=europe-west3">europe-west3 (Frankfurt)</a>' in html
    assert (
        json.loads(page(client, "/search.json?q=x&sort=age", status=400))["error"]["code"]
        == "invalid_argument"
    )


def test_the_keyboard_can_skip_to_the_content(client: Client) -> None:
    html = page(client, "/search")

    assert (
        html.index('<a class="skip" href="#main">') < html.index("<header>") < html.index('<main id="main"')
    )


def test_without_a_question_examples_are_shown(client: Client) -> None:
    assert "/search?q=n2-standard-8%20frankfurt" in page(client, "/search")


def test_an_empty_catalog_is_told_so(client: Client) -> None:
    assert "The catalog is empty" in page(client, "/search?q=n2", status=503)


def test_text_of_the_address_is_escaped(client: Client) -> None:
    make_update()

    html = page(client, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.usefixtures("_cores")
def test_a_search_costs_at_most_four_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, "/search?q=n2+core")  # the vocabulary is read once a sync

    with django_assert_max_num_queries(4):
        page(client, "/search?q=n2+core")


def test_a_price_in_tiers_is_marked(client: Client) -> None:
    make_update()
    add_egress()

    html = page(client, f"/search?q={EGRESS}")
    assert "in tiers" in html
