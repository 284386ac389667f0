"""SKUs in the order of their prices, and one thing over all regions."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import InvalidArgumentError
from catalog.models import Service, Sku
from catalog.search import SearchAnswer, SearchRequest, search
from tests.catalog.factories import make_price, make_service, make_sku, make_update

pytestmark = pytest.mark.django_db


def _ask(query: str = "n2 core", **arguments: Any) -> SearchAnswer:
    return search(SearchRequest(query=query, **arguments))


def _names(answer: SearchAnswer) -> list[str]:
    return [sku["display_name"] for sku in answer["skus"]]


def _rows(answer: SearchAnswer) -> list[tuple[str, str | None]]:
    """The region and the price of each row, which has one region."""
    assert all(len(sku["regions"]) == 1 for sku in answer["skus"])
    return [(sku["regions"][0], sku["price"]["amount"] if sku["price"] else None) for sku in answer["skus"]]


@pytest.fixture
def compute() -> Service:
    make_update()
    return make_service(display_name="Compute Engine")


def _core(compute: Service, name: str, cents: int | None, *regions: str, **fields: Any) -> Sku:
    sku = make_sku(
        service=compute, display_name=name, service_regions=[*regions], geo_taxonomy_regions=[], **fields
    )
    if cents is not None:
        make_price(sku, [(0, "0", cents * 10_000_000)])
    return sku


@pytest.fixture
def _cores(compute: Service) -> None:
    _core(compute, "N2 Instance Core running in Frankfurt", 5, "europe-west3")
    _core(compute, "N2 Instance Core running in Americas", 3, "us-central1", "us-west1")
    _core(compute, "N2 Instance Core running in Tokyo", 4, "asia-northeast1")
    _core(compute, "Spot Preemptible N2 Instance Core in Iowa", 1, "us-central1", usage_type="Preemptible")
    _core(compute, "N2 Instance Core running in Delhi", None, "asia-south2")


@pytest.mark.usefixtures("_cores")
def test_the_cheapest_on_demand_is_first_and_what_has_no_price_last_of_them() -> None:
    assert _names(_ask(sort="price")) == [
        "N2 Instance Core running in Americas",
        "N2 Instance Core running in Tokyo",
        "N2 Instance Core running in Frankfurt",
        "N2 Instance Core running in Delhi",
        "Spot Preemptible N2 Instance Core in Iowa",
    ]


@pytest.mark.usefixtures("_cores")
def test_pages_of_sorted_skus_return_every_match_exactly_once() -> None:
    whole, names, cursor = _names(_ask(sort="price")), [], None
    while True:
        page = _ask(sort="price", limit=2, cursor=cursor)
        names += _names(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert names == whole


def test_prices_of_another_unit_are_not_compared(compute: Service) -> None:
    _core(compute, "N2 Instance Core running in Frankfurt", 5, "europe-west3")
    other = make_sku(
        service=compute, display_name="N2 Instance Core hours in bulk of many", resource_group="CPU"
    )
    make_price(other, [(0, "0", 1)], usage_unit="mo", usage_unit_description="month")

    assert _names(_ask(sort="price"))[0] == "N2 Instance Core running in Frankfurt"


@pytest.mark.usefixtures("_cores")
def test_one_thing_has_a_row_for_each_region_the_cheapest_first() -> None:
    answer = _ask(by="region")

    assert _rows(answer) == [
        ("us-central1", "0.03"),
        ("us-west1", "0.03"),
        ("asia-northeast1", "0.04"),
        ("europe-west3", "0.05"),
        ("asia-south2", None),
    ]
    assert answer["total"] == 5
    assert answer["ambiguous_in"] is None
    assert "One thing by region" in (answer["hint"] or "")


@pytest.mark.usefixtures("_cores")
def test_regions_are_compared_within_the_place_that_is_named() -> None:
    assert _rows(_ask("n2 core us", by="region")) == [("us-central1", "0.03"), ("us-west1", "0.03")]


@pytest.mark.usefixtures("_cores")
def test_a_cursor_of_another_order_is_refused() -> None:
    cursor = _ask(limit=1)["next_cursor"]

    with pytest.raises(InvalidArgumentError, match="belongs to another request"):
        _ask(sort="price", limit=1, cursor=cursor)
