from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.models import Sku
from catalog.pricing.answers import utc_text
from catalog.pricing.calculate import Item, calculate
from catalog.pricing.details import details
from catalog.pricing.list_prices import snapshot
from catalog.pricing.quantities import parse_quantity
from tests.catalog.factories import NOON, make_price, make_service, make_sku, make_update
from tests.catalog.pricing.known_skus import (
    A100_COMMITMENT,
    CLASS_A,
    DISCOUNT,
    EGRESS,
    add_a100_commitment,
    add_class_a,
    add_daily_egress,
    add_discount,
    add_egress,
    add_n2,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=30)


def test_the_whole_answer_for_class_a_operations() -> None:
    make_update()
    sku = add_class_a()

    answer = details([CLASS_A], snapshot=snapshot(LATER))

    expected: dict[str, Any] = {
        "as_of": "2026-02-01T12:00:00Z",
        "skus": [
            {
                "sku_id": CLASS_A,
                "display_name": "Regional Standard Class A Operations",
                "description": None,
                "service_id": sku.service.service_id,
                "service": sku.service.display_name,
                "provider": "gcp",
                "service_provider_name": "Google",
                "category": {},
                "resource_family": "Compute",
                "resource_group": "CPU",
                "usage_type": "OnDemand",
                "service_regions": ["global"],
                "geo_taxonomy_type": "REGIONAL",
                "geo_taxonomy_regions": [],
                "pricing": {
                    "pricing_info_id": sku.pricing.get().pk,
                    "effective_time": "2026-01-02T12:00:00Z",
                    "summary": "",
                    "usage_unit": "count",
                    "usage_unit_description": "count",
                    "base_unit": "count",
                    "base_unit_description": "count",
                    "base_unit_conversion_factor": "1",
                    "display_quantity": "1000",
                    "aggregation": {"level": "ACCOUNT", "interval": "MONTHLY", "count": 1},
                    "tiers": [
                        {
                            "start_usage_amount": "0",
                            "end_usage_amount": "5000",
                            "unit_price": {"amount": "0", "units": "0", "nanos": 0, "currency": "USD"},
                        },
                        {
                            "start_usage_amount": "5000",
                            "end_usage_amount": None,
                            "unit_price": {
                                "amount": "0.000005",
                                "units": "0",
                                "nanos": 5000,
                                "currency": "USD",
                            },
                        },
                    ],
                },
                "history": None,
                "first_synced_at": answer["skus"][0]["first_synced_at"],
                "last_seen_at": utc_text(sku.service.synced_at) if sku.service.synced_at else None,
                "retired_at": None,
                "example": {
                    "items": [{"sku_id": CLASS_A, "quantity": "100", "unit": "count", "region": "global"}]
                },
            }
        ],
        "resources": [],
        "not_found": [],
        "hint": None,
    }
    assert answer == expected
    assert datetime.fromisoformat(answer["skus"][0]["first_synced_at"]) == sku.created_at


def test_each_sku_comes_once_in_the_order_of_the_ids_however_they_are_written() -> None:
    add_egress()
    add_class_a()

    answer = details(["4dbf185fa415", " 22EB-aae8-FBCD ", CLASS_A])

    assert [sku["sku_id"] for sku in answer["skus"]] == [CLASS_A, EGRESS]


def test_an_unknown_id_is_returned_with_the_closest_known_ones() -> None:
    add_egress()
    add_class_a()

    answer = details(["22EB-AAE8-FBC0", CLASS_A, "nonsense"])

    assert [sku["sku_id"] for sku in answer["skus"]] == [CLASS_A]
    assert [(row["sku_id"], [c["sku_id"] for c in row["candidates"]]) for row in answer["not_found"]] == [
        ("22EB-AAE8-FBC0", [EGRESS]),
        ("nonsense", []),
    ]


def test_a_sku_without_a_price_has_neither_pricing_nor_an_example() -> None:
    sku = make_sku()

    shown = details([sku.sku_id], history=True)["skus"][0]

    assert (shown["pricing"], shown["example"], shown["history"]) == (None, None, [])


def test_history_is_newest_first_with_the_change_of_the_first_paid_tier() -> None:
    sku = make_sku()
    for days, tiers in enumerate([
        [(0, "0", 120_000_000)],
        [(0, "0", 0), (100, "0", 90_000_000)],
        [(0, "0", 100_000_000)],
        [(0, "0", 0)],
        [(0, "0", 50_000_000)],
    ]):  # fmt: skip
        make_price(sku, tiers, effective_time=NOON + timedelta(days=days))

    history = details([sku.sku_id], history=True)["skus"][0]["history"]

    assert history is not None
    assert [row["change_percent"] for row in history] == [None, "-100", "11.1111", "-25", None]
    assert history[0]["effective_time"] == "2026-01-06T12:00:00Z"
    assert history[0]["tiers"][0]["unit_price"]["amount"] == "0.05"


def test_history_shows_when_a_price_was_withdrawn_and_restored() -> None:
    sku = make_sku()
    make_price(sku, [(0, "0", 5)], effective_time=NOON)
    make_price(sku, [], effective_time=NOON + timedelta(days=1), usage_unit="")
    make_price(sku, [(0, "0", 6)], effective_time=NOON + timedelta(days=2))

    history = details([sku.sku_id], history=True)["skus"][0]["history"]

    assert history is not None
    assert [(len(row["tiers"]), row["change_percent"]) for row in history] == [
        (1, None),
        (0, None),
        (1, None),
    ]


def test_a_growing_discount_is_a_price_cut() -> None:
    sku = make_sku()
    make_price(sku, [(0, "0", -5)], effective_time=NOON)
    make_price(sku, [(0, "0", -6)], effective_time=LATER)

    history = details([sku.sku_id], history=True)["skus"][0]["history"]

    assert history is not None
    assert history[0]["change_percent"] == "-20"


def test_prices_in_different_units_are_not_compared() -> None:
    sku = make_sku()
    make_price(sku, [(0, "0", 5)], effective_time=NOON)
    by_the_minute = {"usage_unit": "min", "base_unit_conversion_factor": "60"}
    make_price(sku, [(0, "0", 5)], effective_time=LATER, **by_the_minute)

    history = details([sku.sku_id], history=True)["skus"][0]["history"]

    assert history is not None
    assert [row["change_percent"] for row in history] == [None, None]


def test_as_of_shows_the_price_in_effect_then() -> None:
    make_update()
    sku = make_sku()
    old = make_price(sku, [(0, "0", 5)])
    make_price(sku, [(0, "0", 6)], effective_time=LATER, created_at=LATER)
    make_update(completed_at=LATER)

    def price_at(as_of: datetime | None) -> str | None:
        pricing = details([sku.sku_id], snapshot=snapshot(as_of))["skus"][0]["pricing"]
        return pricing and pricing["tiers"][0]["unit_price"]["amount"]

    assert price_at(LATER - timedelta(seconds=1)) == "0.000000005"
    assert price_at(LATER) == price_at(None) == "0.000000006"
    assert old.effective_time is not None
    assert price_at(old.effective_time - timedelta(seconds=1)) is None


def hint_at(sku: Sku, as_of: datetime | None) -> str | None:
    answer = details([sku.sku_id], snapshot=snapshot(as_of))
    assert answer["skus"][0]["pricing"] is None
    return answer["hint"]


def test_a_sku_without_a_price_then_says_since_when_it_has_one() -> None:
    sku = make_sku()
    make_price(sku, effective_time=NOON)
    make_price(sku, effective_time=LATER)

    assert hint_at(sku, NOON - timedelta(days=1)) == (
        f"{sku.pk}: No price is known for 2026-01-01; the first took effect on 2026-01-02."
    )
    assert hint_at(sku, NOON - timedelta(minutes=1)) == (
        f"{sku.pk}: No price is known for 2026-01-02T11:59:00Z;"
        " the first took effect on 2026-01-02T12:00:00Z."
    )


def test_a_sku_whose_first_price_lies_in_the_future_says_when_it_takes_effect() -> None:
    sku, now = make_sku(), timezone.now()
    make_price(sku, effective_time=now + timedelta(days=10))

    assert hint_at(sku, None) == (
        f"{sku.pk}: No price is known for {now:%Y-%m-%d};"
        f" the first takes effect on {now + timedelta(days=10):%Y-%m-%d}."
    )


def test_a_sku_whose_price_ended_says_when() -> None:
    sku = make_sku()
    make_price(sku, effective_time=NOON)
    make_price(sku, [], effective_time=LATER)

    assert hint_at(sku, LATER + timedelta(days=1)) == (
        f"{sku.pk}: No price is known for 2026-02-02; Google withdrew the last one on 2026-02-01."
    )


def test_each_sku_without_a_price_is_named_and_the_others_are_not() -> None:
    priced, never, nor = make_price(make_sku()).sku_id, make_sku().pk, make_sku().pk

    answer = details([never, priced, nor])

    assert answer["hint"] == (
        f"{never}: Google lists no price for this SKU. {nor}: Google lists no price for this SKU."
    )


def test_a_withdrawn_sku_was_last_seen_by_the_last_sync_that_wrote_it() -> None:
    first = make_update()
    make_update(started_at=LATER, completed_at=LATER)
    offered = make_sku(last_seen_update=first, service=make_service(synced_at=LATER))
    withdrawn = make_sku(last_seen_update=first, retired_at=LATER)

    answer = details([offered.sku_id, withdrawn.sku_id])

    assert [(sku["last_seen_at"], sku["retired_at"]) for sku in answer["skus"]] == [
        ("2026-02-01T12:00:00Z", None),
        ("2026-01-02T12:00:00Z", "2026-02-01T12:00:00Z"),
    ]


def test_each_example_is_a_calculate_call_that_works() -> None:
    for add in (add_egress, add_class_a, add_daily_egress, add_discount, add_a100_commitment):
        add()
    add_n2(make_service())

    terms = {
        A100_COMMITMENT: ["A commitment for 1 year is owed for the whole term, used or not."],
        DISCOUNT: [
            "This SKU is a discount: it lowers the cost of other usage, and is not granted without it."
        ],
    }

    for sku in details(list(Sku.objects.values_list("pk", flat=True)))["skus"]:
        assert sku["example"] is not None
        (item,) = sku["example"]["items"]
        sent = Item(item["sku_id"], parse_quantity(item["quantity"]), item["unit"], item["region"])
        assert calculate([sent])["items"][0]["notes"] == terms.get(sku["sku_id"], [])


def test_the_example_of_an_hourly_sku_is_730_hours() -> None:
    add_a100_commitment()

    example = details(["DBF8-D0A6-2F53"])["skus"][0]["example"]

    assert example == {
        "items": [{"sku_id": "DBF8-D0A6-2F53", "quantity": "730", "unit": "h", "region": "asia-east1"}]
    }


def test_an_answer_is_plain_json() -> None:
    add_egress()
    make_update(completed_at=timezone.now())

    answer = details([EGRESS], history=True)

    assert json.loads(json.dumps(answer)) == answer


@pytest.mark.parametrize("count", [1, 20])
def test_any_number_of_skus_takes_one_query(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    latest = make_update()
    ids = [make_price(make_sku()).sku_id for _ in range(count)]
    unpriced = make_sku().sku_id

    with django_assert_num_queries(1):
        assert len(details(ids, snapshot=snapshot(latest=latest), history=True)["skus"]) == count
    with django_assert_num_queries(2):
        details(ids)
    with django_assert_num_queries(3):  # the third looks for ids like the unknown one
        details([*ids, "0000-0000-0000", unpriced])
