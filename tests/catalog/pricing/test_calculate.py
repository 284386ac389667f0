from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.errors import (
    InvalidArgumentError,
    NoPriceError,
    NotFoundError,
    RegionMismatchError,
    UnitMismatchError,
)
from catalog.models import Sku
from catalog.pricing.answers import CalculateAnswer, CostItem
from catalog.pricing.calculate import Item, calculate
from catalog.pricing.list_prices import snapshot
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update
from tests.catalog.pricing.known_skus import (
    A100_COMMITMENT,
    ACCOUNT_MONTHLY,
    CLASS_A,
    DAILY_EGRESS,
    DISCOUNT,
    EGRESS,
    N2_REGIONS,
    add_a100_commitment,
    add_class_a,
    add_daily_egress,
    add_discount,
    add_egress,
    add_n2,
)

POOLED = (
    "Free and volume tiers are pooled over items of the same SKU; other usage in the project or account is"
    " not counted towards them."
)

UNAPPLIED = (
    "Google's automatic discounts (sustained use) and monthly free credits of an account are not applied"
)

pytestmark = pytest.mark.django_db


def amount(*items: Item, months: int = 1) -> str:
    total = calculate(items, months=months)["total"]["amount"]
    assert total is not None
    return total


def rows_of(answer: CalculateAnswer) -> list[CostItem]:
    """The rows of an answer about SKUs."""
    return cast("list[CostItem]", answer["items"])


def test_the_whole_answer_for_a_tebibyte_of_egress() -> None:
    make_update(pk=17)
    price = add_egress().pricing.get()

    answer = calculate(
        [Item(EGRESS, Decimal(1024), label="downloads")], snapshot=snapshot(NOON + timedelta(days=1))
    )

    assert answer == {
        "total": {"amount": "110.88", "rounded": "110.88", "currency": "USD", "partial": False},
        "items": [
            {
                "label": "downloads",
                "sku_id": EGRESS,
                "display_name": "Download Worldwide Destinations (excluding Asia & Australia)",
                "region": "global",
                "quantity": "1024",
                "unit": "GiBy",
                "usage_quantity": "1024",
                "usage_unit": "GiBy",
                "cost": "110.88",
                "effective_time": "2026-01-02T12:00:00Z",
                "tiers": [
                    {"start": "0", "end": "100", "quantity": "100", "unit_price": "0", "cost": "0"},
                    {
                        "start": "100",
                        "end": "1024",
                        "quantity": "924",
                        "unit_price": "0.12",
                        "cost": "110.88",
                    },
                ],
                "notes": [],
            }
        ],
        "not_priced": [],
        "next_cursor": None,
        "groups": [],
        "allowances": [
            {
                "sku_id": EGRESS,
                "name": "Download Worldwide Destinations (excluding Asia & Australia)",
                "given": "100",
                "left": "0",
                "unit": "GiBy",
                "source": "price list",
                "applied": True,
            }
        ],
        "estimate_id": "0e07ed03e891a3c016830bcc683b38ab",
        "proof": {"pricing_info_ids": [price.pk], "update_id": 17, "as_of": "2026-01-03T12:00:00Z"},
        "assumptions": [
            "Prices are Google's list prices, before taxes and any discounts you have.",
            UNAPPLIED + ".",
            "Quantities are for one month.",
            POOLED,
        ],
    }


@pytest.mark.parametrize(
    ("region", "vcpus", "gib", "an_hour"),
    [
        # n2-standard-8 and n2-highcpu-16 have no SKU: Google bills their vCPUs and their memory.
        ("us-central1", 8, 32, "0.388472"),
        ("europe-west1", 8, 32, "0.427336"),
        ("europe-west3", 8, 32, "0.500496"),
        ("southamerica-east1", 8, 32, "0.61664"),
        ("us-central1", 16, 16, "0.573568"),
        ("europe-west3", 16, 16, "0.739008"),
    ],
)
def test_a_machine_costs_its_cores_and_ram(region: str, vcpus: int, gib: int, an_hour: str) -> None:
    add_n2(make_service())
    _, core, _, ram, _ = N2_REGIONS[region]

    answer = calculate(
        [
            Item(core, Decimal(vcpus), "vCPU months", region),
            Item(ram, Decimal(gib * 730), "GiB hours", region),
        ]
    )

    assert Decimal(answer["total"]["amount"] or 0) == Decimal(an_hour) * 730


def test_an_items_region_is_the_requested_one_or_the_only_one_of_its_sku() -> None:
    add_egress()
    add_n2(make_service())
    american, german = N2_REGIONS["us-central1"][1], N2_REGIONS["europe-west3"][1]

    items = calculate([
        Item(EGRESS, Decimal(1), region="us-east1"),
        Item(american, Decimal(1)),
        Item(german, Decimal(1)),
    ])["items"]  # fmt: skip

    assert [item["region"] for item in items] == ["us-east1", None, "europe-west3"]


def test_pooling_is_not_mentioned_for_a_single_tier() -> None:
    make_price(make_sku(sku_id="0000-0000-0001"), **ACCOUNT_MONTHLY)

    assert POOLED not in calculate([Item("0000-0000-0001", Decimal(1))])["assumptions"]


def test_operations_beyond_the_free_tier_are_charged_one_by_one() -> None:
    add_class_a()

    assert amount(Item(CLASS_A, Decimal(1), "million requests")) == "4.975"


def test_a_discount_lowers_the_total() -> None:
    add_discount()
    add_a100_commitment()

    answer = calculate([Item(DISCOUNT, Decimal(730)), Item(A100_COMMITMENT, Decimal(730))])

    assert [item["cost"] for item in answer["items"]] == ["-3.98061554", "1349.3042892"]
    assert answer["total"]["amount"] == "1345.32367366"
    assert answer["total"]["rounded"] == "1345.32"


@pytest.mark.parametrize(
    ("usage_type", "notes"),
    [
        ("OnDemand", []),
        ("Commit1Yr", ["A commitment for 1 year is owed for the whole term, used or not."]),
        ("Commit3Yr", ["A commitment for 3 years is owed for the whole term, used or not."]),
        ("Preemptible", ["Google may stop preemptible (spot) capacity at any time."]),
        (None, []),
    ],
)
def test_a_note_says_what_follows_from_how_a_sku_is_sold(usage_type: str | None, notes: list[str]) -> None:
    make_price(make_sku(sku_id="0000-0000-0001", usage_type=usage_type))

    [item] = calculate([Item("0000-0000-0001", Decimal(730))])["items"]

    assert item["notes"] == notes


def test_a_discount_is_noted_as_one() -> None:
    add_discount()
    add_egress()

    answer = calculate([Item(DISCOUNT, Decimal(730)), Item(EGRESS, Decimal(1))])

    assert [item["notes"] for item in answer["items"]] == [
        ["This SKU is a discount: it lowers the cost of other usage, and is not granted without it."],
        [],
    ]
    assert f"{UNAPPLIED}, except those among the items." in answer["assumptions"]


def test_a_time_before_the_first_price_is_told_since_when_there_is_one() -> None:
    add_egress()

    with pytest.raises(NoPriceError) as caught:
        calculate([Item(EGRESS, Decimal(1))], snapshot=snapshot(NOON - timedelta(days=365)))

    assert caught.value.message == "No price is known for 2025-01-02; the first took effect on 2026-01-02."
    assert caught.value.hint == "Send a later as_of, or omit it."


def test_a_price_that_lies_in_the_future_is_not_offered_at_a_later_time() -> None:
    make_price(make_sku(sku_id="0000-0000-0001"), effective_time=timezone.now() + timedelta(days=10))

    with pytest.raises(NoPriceError, match="the first takes effect on") as caught:
        calculate([Item("0000-0000-0001", Decimal(1))])

    assert caught.value.hint == "Search for another SKU."


def test_a_total_of_half_a_cent_is_rounded_to_the_even_cent_and_never_to_minus_zero() -> None:
    add_discount()
    make_price(make_sku(sku_id="CE27-0000-0001"), [(0, "0", 5_000_000)])

    assert calculate([Item("CE27-0000-0001", Decimal(1))])["total"]["rounded"] == "0.00"
    assert calculate([Item("CE27-0000-0001", Decimal(3))])["total"]["rounded"] == "0.02"
    assert calculate([Item(DISCOUNT, Decimal("0.001"))])["total"]["rounded"] == "0.00"


def test_a_free_tier_is_granted_once_when_two_items_share_a_sku() -> None:
    add_egress()

    answer = calculate([Item(EGRESS, Decimal(512)), Item(EGRESS, Decimal("0.5"), "TiB")])

    assert answer["total"]["amount"] == "110.88"
    assert [item["cost"] for item in answer["items"]] == ["55.44", "55.44"]
    assert [part["quantity"] for part in rows_of(answer)[0]["tiers"]] == ["50", "462"]
    assert len(answer["proof"]["pricing_info_ids"]) == 1


def test_months_multiply_the_cost_of_one_month() -> None:
    add_egress()

    answer = calculate([Item(EGRESS, Decimal(1024))], months=12)

    assert answer["total"]["amount"] == "1330.56"
    assert [part["cost"] for part in rows_of(answer)[0]["tiers"]] == ["0", "110.88"]
    assert "Tiers show one month; an item's cost is 12 times their sum." in answer["assumptions"]


def test_a_daily_allowance_is_spread_over_the_month_and_the_answer_says_so() -> None:
    add_daily_egress()

    answer = calculate([Item(DAILY_EGRESS, Decimal(100))])

    assert answer["total"]["amount"] == "8.35"
    assert "A daily allowance is spread over the 730/24 days of a month." in answer["assumptions"]


def test_a_note_explains_how_a_quantity_was_converted() -> None:
    add_egress()

    [item] = rows_of(calculate([Item(EGRESS, Decimal(1), "TB")]))

    assert (item["quantity"], item["unit"]) == ("1", "TB")
    assert (item["usage_quantity"], item["usage_unit"]) == ("931.322574615478515625", "GiBy")
    assert item["notes"] == ["1 TB is 931.322574615478515625 GiBy."]


def test_an_item_without_a_price_is_reported_and_makes_the_total_partial() -> None:
    add_egress()
    make_sku(sku_id="0000-0000-0001")

    answer = calculate([Item("0000-0000-0001", Decimal(1), label="odd"), Item(EGRESS, Decimal(1024))])

    assert answer["total"] == {"amount": "110.88", "rounded": "110.88", "currency": "USD", "partial": True}
    assert [item["sku_id"] for item in rows_of(answer)] == [EGRESS]
    assert answer["not_priced"] == [
        {
            "label": "odd",
            "sku_id": "0000-0000-0001",
            "reason": "no_price",
            "message": "Google lists no price for this SKU.",
        }
    ]


def test_a_price_that_google_withdrew_is_not_quoted() -> None:
    sku = make_sku(sku_id="0000-0000-0001")
    make_price(sku)
    make_price(sku, [], effective_time=NOON + timedelta(days=1), usage_unit="")

    with pytest.raises(NoPriceError, match="No price is known"):
        calculate([Item("0000-0000-0001", Decimal(1))])


def test_a_sku_whose_first_tier_starts_above_zero_has_no_price() -> None:
    make_price(make_sku(sku_id="0000-0000-0001"), [(10, "0", 5)])

    with pytest.raises(NoPriceError, match="no price for usage below 10 units"):
        calculate([Item("0000-0000-0001", Decimal(100))])


def test_items_that_all_lack_a_price_are_an_error_and_not_a_total_of_zero() -> None:
    make_sku(sku_id="0000-0000-0001")

    with pytest.raises(NoPriceError) as caught:
        calculate([Item("0000-0000-0001", Decimal(1))])

    assert caught.value.candidates[0]["sku_id"] == "0000-0000-0001"


def test_an_unknown_sku_is_refused_with_the_closest_ids() -> None:
    add_egress()

    with pytest.raises(NotFoundError, match="22EB-AAE8-FBCE") as caught:
        calculate([Item("22eb-aae8-fbce", Decimal(1))])

    assert [candidate["sku_id"] for candidate in caught.value.candidates] == [EGRESS]


def test_all_items_at_fault_are_named_at_once_with_the_code_and_candidates_of_the_first() -> None:
    add_n2(make_service())
    add_egress()
    american, german = N2_REGIONS["us-central1"][1], N2_REGIONS["europe-west3"][1]

    with pytest.raises(RegionMismatchError) as caught:
        calculate([
            Item(american, Decimal(730), region="europe-west3"),
            Item(EGRESS, Decimal(1)),
            Item(EGRESS, Decimal(1), "hours", label="downloads"),
            Item(american, Decimal(730), region="europe-west3"),
        ])  # fmt: skip

    message = caught.value.message
    assert [
        name for name in ("items[0]: ", "items[1]", "items[2] (downloads): ", "items[3]: ") if name in message
    ] == [
        "items[0]: ",
        "items[2] (downloads): ",
        "items[3]: ",
    ]
    assert [candidate["sku_id"] for candidate in caught.value.candidates] == [german]
    assert "same product in europe-west3" in caught.value.hint
    assert "in one of the candidates" in caught.value.hint


def test_unknown_skus_are_named_with_the_other_items_at_fault() -> None:
    add_egress()

    with pytest.raises(NotFoundError, match=r"Not in the catalog: 22EB-AAE8-FBCE\. items\[1\]: 'hours'"):
        calculate([Item("22EB-AAE8-FBCE", Decimal(1)), Item(EGRESS, Decimal(1), "hours")])


def test_an_error_of_a_hundred_items_names_twenty() -> None:
    add_egress()

    with pytest.raises(UnitMismatchError, match=r"items\[19\]: [^[]* And 80 more errors\.$") as caught:
        calculate([Item(EGRESS, Decimal(1), "hours")] * 100)

    assert caught.value.candidates[0] == "GiBy"


def test_suggestions_for_a_hundred_wrong_regions_take_a_query_for_each_of_the_first_five(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    latest = make_update()
    add_n2(make_service())
    items = [Item(N2_REGIONS["us-central1"][1], Decimal(730), region="europe-west3")] * 100

    with django_assert_num_queries(1 + 5), pytest.raises(RegionMismatchError):
        calculate(items, snapshot=snapshot(latest=latest))


def test_a_wrong_region_is_refused_with_the_sku_of_that_region() -> None:
    add_n2(make_service())
    _, core, *_ = N2_REGIONS["us-central1"]

    with pytest.raises(RegionMismatchError, match=r"items\[0\] \(web\)") as caught:
        calculate([Item(core, Decimal(730), region="europe-west3", label="web")])

    assert caught.value.candidates == [
        {
            "sku_id": "53BB-FF1B-0C91",
            "display_name": "N2 Instance Core running in Frankfurt",
            "regions": ["europe-west3"],
        }
    ]


def test_a_withdrawn_sku_is_priced_with_a_note() -> None:
    add_egress()
    Sku.objects.update(retired_at=NOON + timedelta(days=9))

    before, since = (
        calculate([Item(EGRESS, Decimal(1024))], snapshot=snapshot(as_of))["items"][0]
        for as_of in (NOON + timedelta(days=8), None)
    )

    assert before["notes"] == []
    assert since["cost"] == before["cost"] == "110.88"
    assert since["notes"] == ["Google withdrew this SKU by 2026-01-11; this is its last price."]


def test_a_call_repeated_with_its_as_of_gives_the_same_answer_after_prices_changed() -> None:
    make_update()
    sku = add_egress()
    items = [Item(EGRESS, Decimal(1024))]
    before = calculate(items)
    as_of = datetime.fromisoformat(before["proof"]["as_of"])

    # A later sync reports a price that took effect before the first call.
    make_price(sku, [(0, "9", 0)], effective_time=as_of - timedelta(hours=6), created_at=timezone.now())
    during = calculate(items)
    make_update(completed_at=timezone.now())
    after = calculate(items)

    again = calculate(items, snapshot=snapshot(as_of))
    # A request for that time is another request than one for the present.
    assert again | {"estimate_id": ""} == before | {"estimate_id": ""}
    assert during["total"] == before["total"]  # prices of a sync count once it has completed
    assert after["total"]["amount"] != before["total"]["amount"]


def test_a_future_as_of_is_answered_with_current_prices() -> None:
    add_egress()

    answer = calculate([Item(EGRESS, Decimal(1024))], snapshot=snapshot(timezone.now() + timedelta(days=1)))

    assert datetime.fromisoformat(answer["proof"]["as_of"]) <= timezone.now()
    assert "as_of is in the future; current prices were used." in answer["assumptions"]


@pytest.mark.parametrize("quantity", ["NaN", "Infinity", "-1", "1.1e18", "1e-31", f"{10**11}.{'1' * 30}"])
def test_a_quantity_out_of_range_is_refused_with_the_position_of_its_item(quantity: str) -> None:
    with pytest.raises(InvalidArgumentError, match=r"items\[1\]"):
        calculate([Item(EGRESS, Decimal(1)), Item(EGRESS, Decimal(quantity))])


@pytest.mark.parametrize(("count", "months"), [(0, 1), (501, 1), (1, 0), (1, 121)])
def test_too_few_or_too_many_items_or_months_are_refused(count: int, months: int) -> None:
    with pytest.raises(InvalidArgumentError):
        calculate([Item(EGRESS, Decimal(1))] * count, months=months)


@pytest.mark.parametrize("count", [1, 100])
def test_any_number_of_items_takes_one_query(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    latest = make_update()
    items = [Item(make_price(make_sku()).sku_id, Decimal(1)) for _ in range(count)]

    with django_assert_num_queries(1):
        assert len(calculate(items, snapshot=snapshot(latest=latest))["items"]) == count
    with django_assert_num_queries(2):
        calculate(items)
