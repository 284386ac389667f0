from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Service
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update
from tests.catalog.pricing.known_skus import EGRESS, add_egress

pytestmark = pytest.mark.django_db

FRANKFURT, IOWA, SPOT = "AAAA-0000-0001", "AAAA-0000-0002", "AAAA-0000-0003"


@pytest.fixture
def compute() -> Service:
    make_update()
    return make_service(display_name="Compute Engine")


@pytest.fixture
def _cores(compute: Service) -> None:
    _core(compute, FRANKFURT, "N2 Instance Core running in Frankfurt", "europe-west3", 40_730_000)
    _core(compute, IOWA, "N2 Instance Core running in Iowa", "us-central1", 31_611_000)
    _core(compute, SPOT, "Spot Preemptible N2 Instance Core running in Iowa", "us-central1", 8_180_000)


def _core(service: Service, sku_id: str, name: str, region: str, nanos: int) -> None:
    sku = make_sku(
        sku_id=sku_id,
        service=service,
        display_name=name,
        usage_type="Preemptible" if "Spot" in name else "OnDemand",
        service_regions=[region],
        geo_taxonomy_regions=[region],
    )
    make_price(sku, [(0, "0", nanos)])


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.usefixtures("_cores")
def test_the_price_comes_first(client: Client) -> None:
    html = page(client, f"/skus/{FRANKFURT}/")

    assert "<strong>$0.04073</strong> per hour" in html
    assert "$29.73 a month of 730 hours" in html


@pytest.mark.usefixtures("_cores")
def test_all_regions_are_shown_the_cheapest_first_beside_other_ways_to_buy(client: Client) -> None:
    rows = list(csv.DictReader(page(client, f"/skus/{FRANKFURT}.csv").splitlines()))

    assert [(row["region"], row["usage_type"], row["price_usd"]) for row in rows] == [
        ("us-central1", "OnDemand", "0.031611"),
        ("us-central1", "Preemptible", "0.00818"),
        ("europe-west3", "OnDemand", "0.04073"),
    ]
    html = page(client, f"/skus/{FRANKFURT}/")
    assert "+28.8 %" in html
    assert f'href="/skus/{SPOT}/"' in html


@pytest.mark.usefixtures("_cores")
def test_on_the_page_of_a_spot_price_regions_are_ordered_by_spot_prices(client: Client) -> None:
    rows = list(csv.DictReader(page(client, f"/skus/{SPOT}.csv").splitlines()))

    # Frankfurt has no spot price, so it comes last.
    assert [row["region"] for row in rows] == ["us-central1", "us-central1", "europe-west3"]


@pytest.mark.usefixtures("_cores")
def test_a_region_has_the_price_that_the_latest_sync_found(client: Client, compute: Service) -> None:
    at = timezone.now()
    make_price(compute.skus.get(pk=IOWA), [(0, "0", 50_000_000)], effective_time=at, created_at=at)
    make_update(started_at=at, completed_at=timezone.now())

    rows = list(csv.DictReader(page(client, f"/skus/{FRANKFURT}.csv").splitlines()))

    assert ("us-central1", "0.05") in [(row["region"], row["price_usd"]) for row in rows]


@pytest.mark.parametrize(
    ("name", "nanos", "price", "shown"),
    [
        ("Reserved A2 Core running in Frankfurt", 0, "0", "$0"),
        ("Sustained Use Discount for Core running in Frankfurt", -33_174_000, "-0.033174", "-$0.033174"),
    ],
)
def test_a_price_of_zero_or_below_is_a_price_of_its_region(
    client: Client, compute: Service, name: str, nanos: int, price: str, shown: str
) -> None:
    _core(compute, FRANKFURT, name, "europe-west3", nanos)

    [row] = csv.DictReader(page(client, f"/skus/{FRANKFURT}.csv").splitlines())
    assert (row["region"], row["usage_type"], row["price_usd"]) == ("europe-west3", "OnDemand", price)
    html = page(client, f"/skus/{FRANKFURT}/")
    assert f">{shown}</a>" in html.partition("In all regions")[2]
    assert " %</td>" not in html


def test_another_thing_is_no_sibling(client: Client, compute: Service) -> None:
    _core(compute, FRANKFURT, "N2 Instance Core running in Frankfurt", "europe-west3", 40_730_000)
    _core(compute, IOWA, "N2D AMD Instance Core running in Iowa", "us-central1", 27_502_000)

    [row] = csv.DictReader(page(client, f"/skus/{FRANKFURT}.csv").splitlines())
    assert row["sku_id"] == FRANKFURT


@pytest.mark.usefixtures("_cores")
def test_a_sku_costs_at_most_four_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(4):
        page(client, f"/skus/{FRANKFURT}/")


@pytest.mark.usefixtures("_cores", "remembering")
def test_the_prices_of_a_sku_that_was_shown_are_read_once(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page(client, f"/skus/{FRANKFURT}/")

    with django_assert_max_num_queries(2):
        page(client, f"/skus/{FRANKFURT}/")


def test_tiers_and_their_free_part_are_shown(client: Client) -> None:
    make_update()
    add_egress()

    html = page(client, f"/skus/{EGRESS}/")
    assert '<td class="number">0</td><td class="number">100</td><td class="number">free</td>' in html
    assert "<strong>$0.12</strong> per gibibyte, in tiers: first 100 free" in html


def test_the_starts_of_tiers_have_their_thousands_apart(client: Client) -> None:
    make_update()
    add_egress()

    assert '<td class="number">10,240</td><td class="number">∞</td>' in page(client, f"/skus/{EGRESS}/")


def test_the_csv_has_a_row_for_each_tier(client: Client) -> None:
    make_update()
    add_egress()

    rows = list(csv.DictReader(page(client, f"/skus/{EGRESS}.csv").splitlines()))
    tiers = [(row["tier_from"], row["tier_to"], row["price_usd"]) for row in rows if row["sku_id"] == EGRESS]
    assert tiers[:2] == [("0", "100", "0"), ("100", tiers[2][0], "0.12")]
    assert tiers[-1][1] == ""


def test_one_tier_is_no_tier(client: Client, compute: Service) -> None:
    _core(compute, FRANKFURT, "N2 Instance Core running in Frankfurt", "europe-west3", 40_730_000)

    assert "in tiers" not in page(client, f"/skus/{FRANKFURT}/")


def test_the_calculator_shows_the_cost_of_each_tier(client: Client) -> None:
    make_update()
    add_egress()

    html = page(client, f"/skus/{EGRESS}/?quantity=1024&unit=GiB")
    assert "<strong>$110.88</strong> for 1024 GiB" in html
    assert '<td class="number">924</td><td class="number">$0.12</td><td class="number">$110.88</td>' in html


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("quantity=many", "many"),
        ("quantity=-1", "quantity"),
        ("quantity=5&unit=hours", "hours"),
        ("quantity=1e999999", "quantity"),
    ],
)
def test_usage_that_cannot_be_priced_is_refused_beside_the_calculator(
    client: Client, arguments: str, reason: str
) -> None:
    make_update()
    add_egress()

    html = page(client, f"/skus/{EGRESS}/?{arguments}")
    assert 'role="alert"' in html
    assert reason in html.partition('role="alert">')[2].partition("</p>")[0]


def test_the_history_is_a_table_from_the_newest_price(client: Client, compute: Service) -> None:
    _core(compute, FRANKFURT, "N2 Instance Core running in Frankfurt", "europe-west3", 40_000_000)
    sku = compute.skus.get()
    make_price(sku, [(0, "0", 50_000_000)], effective_time=NOON + timedelta(days=30))

    html = page(client, f"/skus/{FRANKFURT}/")
    newest, oldest = html.index('data-amount="0.05"'), html.index('data-amount="0.04"')
    assert newest < oldest
    assert "25 %" in html


def test_a_withdrawn_sku_says_so_and_stands_alone(client: Client, compute: Service) -> None:
    _core(compute, FRANKFURT, "N2 Instance Core running in Frankfurt", "europe-west3", 40_730_000)
    compute.skus.update(retired_at=timezone.now())

    html = page(client, f"/skus/{FRANKFURT}/")
    assert "Google has withdrawn this SKU" in html
    assert "In all regions" not in html


def test_a_sku_without_a_price_is_never_free(client: Client, compute: Service) -> None:
    make_sku(sku_id=FRANKFURT, service=compute)

    html = page(client, f"/skus/{FRANKFURT}/")
    assert "No list price" in html
    assert "$" not in html.partition("<pre")[0]


@pytest.mark.usefixtures("_cores")
def test_an_unknown_sku_is_not_found_with_those_alike(client: Client) -> None:
    html = page(client, "/skus/AAAA-0000-0009/", status=404)

    assert "The catalog has no SKU AAAA-0000-0009." in html
    assert f'href="/skus/{FRANKFURT}/"' in html
    assert json.loads(page(client, "/skus/AAAA-0000-0009.json", status=404))["error"]["code"] == "not_found"
