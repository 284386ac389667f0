from __future__ import annotations

import json
from decimal import Decimal

import pytest

from catalog.errors import InvalidArgumentError
from catalog.models import Sku
from catalog.offers.resources.request import ResourceRequest
from catalog.pricing.answers import CalculateAnswer
from catalog.pricing.calculate import MAX_ITEMS, PAGE, Item, Paging, calculate
from catalog.pricing.decimals import exact_sum, plain
from catalog.pricing.list_prices import snapshot
from catalog.pricing.resources import offers
from tests.catalog.factories import NOON, make_price, make_service, make_update
from tests.catalog.pricing.known_skus import EGRESS, add_egress, add_n2

pytestmark = pytest.mark.django_db

MACHINES = ["europe-west1", "europe-west3", "southamerica-east1", "us-central1"]
LARGEST_ANSWER = 100_000


@pytest.fixture(autouse=True)
def catalog() -> None:
    offers.forget()
    make_update(pk=17)
    add_n2(make_service(display_name="Compute Engine"))
    add_egress()


def mixed(count: int = MAX_ITEMS) -> list[Item | ResourceRequest]:
    """Usage of a SKU and machines by turns; every tenth machine is sold nowhere."""
    items: list[Item | ResourceRequest] = []
    for number in range(count):
        label = f"item {number}"
        if number % 2:
            items.append(Item(EGRESS, Decimal(number), label=label))
        else:
            name = "c3-standard-4" if number % 20 == 0 else "n2-standard-8"
            region = MACHINES[number // 2 % 4]
            items.append(ResourceRequest(resource=name, region=region, label=label))
    return items


def pages(items: list[Item | ResourceRequest]) -> list[CalculateAnswer]:
    found = [calculate(items)]
    while cursor := found[-1]["next_cursor"]:
        found.append(calculate(items, paging=Paging(cursor=cursor)))
    return found


def test_a_hundred_items_are_on_one_page_without_groups() -> None:
    answer = calculate(mixed(PAGE))

    assert len(answer["items"]) + len(answer["not_priced"]) == PAGE
    assert (answer["next_cursor"], answer["groups"]) == (None, [])


def test_the_pages_have_each_item_once_in_order_and_add_up_to_the_total_that_each_has() -> None:
    found = pages(mixed())

    labels = [[line["label"] for line in (*page["items"], *page["not_priced"])] for page in found]
    assert [set(each) for each in labels] == [
        {f"item {number}" for number in range(start, start + PAGE)} for start in range(0, MAX_ITEMS, PAGE)
    ]
    assert [line["label"] for line in found[0]["items"]][:3] == ["item 1", "item 2", "item 3"]
    costs = [Decimal(line["cost"] or 0) for page in found for line in page["items"]]
    assert {page["total"]["amount"] for page in found} == {plain(exact_sum(costs))}
    assert all(page["total"]["partial"] for page in found)
    assert {json.dumps(page["groups"]) for page in found} == {json.dumps(found[0]["groups"])}
    assert found[1]["assumptions"][:2] == [
        "These are items 101 to 200 of 500.",
        "25 of 500 items lack a price or a part of it: the total is without these.",
    ]


def test_an_answer_about_500_mixed_items_is_bounded() -> None:
    assert max(len(json.dumps(page).encode()) for page in pages(mixed())) < LARGEST_ANSWER


def test_a_page_may_be_detailed_where_the_first_was_not() -> None:
    first = calculate(mixed())

    page = calculate(mixed(), detailed=True, paging=Paging(cursor=first["next_cursor"]))

    assert page["items"][0]["label"] == "item 101"
    assert "pricing" in page["items"][0]


@pytest.mark.parametrize("change", ["items", "months", "as_of", "compare", "group_by", "order"])
def test_a_cursor_for_other_arguments_is_refused_with_the_way_on(change: str) -> None:
    items = mixed()
    cursor = calculate(items)["next_cursor"]
    if change == "items":
        items[-1] = Item(EGRESS, Decimal(1))
    if change == "order":
        items.reverse()

    with pytest.raises(InvalidArgumentError, match="The cursor belongs to another request") as caught:
        calculate(
            items,
            months=2 if change == "months" else 1,
            snapshot=snapshot(NOON) if change == "as_of" else None,
            compare=change == "compare",
            paging=Paging("label" if change == "group_by" else None, cursor),
        )
    assert "omit cursor to start over" in caught.value.hint


def test_a_cursor_expires_with_the_next_sync_unless_the_request_has_an_as_of() -> None:
    cursor = calculate(mixed())["next_cursor"]
    lasting = calculate(mixed(), snapshot=snapshot(NOON))["next_cursor"]
    make_update(pk=18, completed_at=NOON.replace(year=2027))

    with pytest.raises(InvalidArgumentError, match="The cursor has expired"):
        calculate(mixed(), paging=Paging(cursor=cursor))
    page = calculate(mixed(), snapshot=snapshot(NOON), paging=Paging(cursor=lasting))
    assert page["items"][0]["label"] == "item 101"


def test_a_cursor_is_refused_if_another_price_took_effect_meanwhile() -> None:
    items = mixed()
    cursor = calculate(items)["next_cursor"]
    make_price(
        Sku.objects.get(pk=EGRESS), [(0, "1", 0)], usage_unit="GiBy", effective_time=NOON.replace(month=3)
    )

    with pytest.raises(InvalidArgumentError, match="The cursor"):
        calculate(items, paging=Paging(cursor=cursor))


@pytest.mark.parametrize("cursor", ["x", "MS4="])
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidArgumentError, match="The cursor is invalid"):
        calculate(mixed(), paging=Paging(cursor=cursor))


def test_more_than_500_items_are_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="Send 1 to 500 items, not 501"):
        calculate(mixed(MAX_ITEMS + 1))
