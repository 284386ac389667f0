from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.calculate import GroupBy, Item, Paging, calculate
from catalog.pricing.resources import offers
from tests.catalog.factories import make_service, make_sku
from tests.catalog.pricing.known_skus import EGRESS, N2_REGIONS, add_egress, add_n2

pytestmark = pytest.mark.django_db

UNPRICED = "0000-0000-0001"
ITEMS: list[Item | ResourceRequest] = [
    ResourceRequest(resource="n2-standard-8", region="Frankfurt", label="web"),
    ResourceRequest(resource="n2-standard-8", region="us-central1-a", label="web"),
    ResourceRequest(resource="n2-standard-8", label="open"),
    Item(EGRESS, Decimal(1024)),
    Item(N2_REGIONS["europe-west3"][1], Decimal(1), label="web"),
    Item(UNPRICED, Decimal(1), label="open"),
]


@pytest.fixture(autouse=True)
def catalog() -> None:
    offers.forget()
    add_n2(make_service(display_name="Compute Engine"))
    add_egress()
    make_sku(sku_id=UNPRICED)


def grouped(by: GroupBy, items: Sequence[Item | ResourceRequest] = ITEMS) -> list[tuple[object, ...]]:
    answer = calculate(items, paging=Paging(by))
    assert {row["by"] for row in answer["groups"]} == {by}
    amounts = [Decimal(row["cost"]) for row in answer["groups"] if row["cost"]]
    assert sum(amounts) == Decimal(answer["total"]["amount"] or 0)
    return [(row["value"], row["cost"], row["items"], row["partial"]) for row in answer["groups"]]


def test_items_add_up_by_label_the_dearest_first_and_those_without_a_price_last() -> None:
    costs = [Decimal(line["cost"] or 0) for line in calculate(ITEMS)["items"]]

    assert grouped("label") == [
        ("web", f"{costs[0] + costs[1] + costs[4]}", 3, False),
        (None, "110.88", 1, False),
        ("open", None, 2, True),
    ]


def test_items_add_up_by_region_in_one_spelling() -> None:
    assert [(value, items, partial) for value, _, items, partial in grouped("region")] == [
        ("europe-west3", 2, False),
        ("us-central1", 1, False),
        ("global", 1, False),
        (None, 2, True),
    ]


def test_items_add_up_by_resource_and_usage_of_a_sku_by_its_id() -> None:
    assert [(value, items) for value, _, items, _ in grouped("resource")] == [
        ("n2-standard-8", 3),
        (EGRESS, 1),
        (N2_REGIONS["europe-west3"][1], 1),
        (UNPRICED, 1),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(
    quantities=st.lists(st.decimals(0, 10**6, places=9), min_size=1, max_size=6),
    by=st.sampled_from(["label", "region", "resource"]),
)
def test_groups_of_shared_tiers_add_up_to_the_total_exactly(quantities: list[Decimal], by: GroupBy) -> None:
    grouped(by, [Item(EGRESS, each, label=f"{number % 3}") for number, each in enumerate(quantities)])
