from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.costs.query.asking import OCTOBER, answer, hint, listed
from tests.costs.stores import MemoryStore, charge, tokens

TO_OCTOBER: dict[str, Any] = {"start": date(2026, 8, 1), "end": date(2026, 11, 1)}


def test_change_is_against_the_month_before_in_the_currency_and_in_per_cent() -> None:
    store = MemoryStore([charge(cost="15"), charge("2026-09-30", cost="12"), charge("2026-08-31", cost="99")])

    found = answer(store, "change", **OCTOBER)

    assert listed(found, "change") == [({"absolute": "3", "percent": "25"},)]
    assert found["totals"] == [{"currency": "USD", "change": {"absolute": "3", "percent": "25"}}]
    assert found["previous"] == {"start": "2026-09-01", "end": "2026-10-01"}
    assert [load["billing_month"] for load in found["loads"]] == ["2026-09", "2026-10"]


def test_change_of_days_is_against_as_many_days_before() -> None:
    store = MemoryStore(
        [charge("2026-10-11", cost="3"), charge("2026-10-07", cost="4"), charge("2026-10-02")]
    )

    found = answer(store, "change", start=date(2026, 10, 10), end=date(2026, 10, 14))

    assert found["previous"] == {"start": "2026-10-06", "end": "2026-10-10"}
    assert listed(found, "change") == [({"absolute": "-1", "percent": "-25"},)]


def test_what_began_and_what_ended_is_part_of_the_change() -> None:
    store = MemoryStore(
        [
            charge(cost="4", x_ConsumerId="new"),
            charge("2026-09-05", cost="9", x_ConsumerId="gone"),
            tokens("5", "2026-09-05", cost="0", x_ConsumerId="gone"),
        ]
    )

    found = answer(store, "billed_cost", "tokens", "change", dimensions=["customer"], **OCTOBER)

    assert listed(found, "customer", "billed_cost", "tokens", "change") == [
        ("new", "4", None, {"absolute": "4", "percent": None}),
        ("gone", "0", "0", {"absolute": "-9", "percent": "-100"}),
    ]
    assert found["totals"][0]["change"] == {"absolute": "-5", "percent": "-55.5556"}
    assert found["rows_left_out"] == 0


def test_change_is_of_the_first_sum_asked_for() -> None:
    store = MemoryStore([tokens("30", cost="1"), tokens("10", "2026-09-05", cost="5")])

    assert listed(answer(store, "tokens", "change", **OCTOBER), "change") == [
        ({"absolute": "20", "percent": "200"},)
    ]


def test_the_change_of_unknown_tokens_is_unknown() -> None:
    store = MemoryStore([charge(), tokens("10", "2026-09-05")])

    assert listed(answer(store, "tokens", "change", dimensions=["cloud"], **OCTOBER), "change") == [(None,)]


def test_change_is_unknown_and_said_to_be_where_nothing_is_loaded_before() -> None:
    store = MemoryStore([charge(), charge("2026-09-05", x_Cloud="gcp"), charge(x_Cloud="gcp", cost="3")])

    found = answer(store, "billed_cost", "change", dimensions=["cloud"], **OCTOBER)

    assert listed(found, "cloud", "change") == [("gcp", None), ("aws", None)]
    assert found["totals"][0]["change"] is None
    assert 'Not loaded before: 2026-09 of source "aws".' in hint(found)
    only_gcp = answer(store, "change", filters={"cloud": ["gcp"]}, **OCTOBER)
    assert listed(only_gcp, "change") == [({"absolute": "2", "percent": "200"},)]
    assert only_gcp["hint"] is None


def test_nothing_is_said_to_have_ended_where_the_period_itself_is_not_loaded() -> None:
    store = MemoryStore([charge("2026-09-05"), charge("2026-09-05", x_Cloud="gcp"), charge(x_Cloud="gcp")])

    found = answer(store, "billed_cost", "change", dimensions=["cloud"], **OCTOBER)

    assert listed(found, "cloud", "billed_cost", "change") == [("gcp", "1", None)]
    assert 'Not loaded: 2026-10 of source "aws", which the figures lack.' in hint(found)
    assert "change is null where one of the two periods is not loaded." in hint(found)


def test_a_loaded_month_without_charges_is_nothing_and_not_unknown() -> None:
    store = MemoryStore([charge(cost="2")], empty=[("aws", "2026-09")])

    assert listed(answer(store, "change", **OCTOBER), "change") == [({"absolute": "2", "percent": None},)]


def test_a_month_is_compared_with_the_one_before_and_the_total_with_the_window_before() -> None:
    costs = {"2026-07-05": "1", "2026-08-05": "3", "2026-09-05": "6", "2026-10-05": "3"}
    store = MemoryStore(
        [charge(day, cost=cost) for day, cost in costs.items()],
        empty=[("aws", "2026-05"), ("aws", "2026-06")],
    )

    found = answer(store, "billed_cost", "change", dimensions=["month"], **TO_OCTOBER)

    assert listed(found, "month", "billed_cost", "change") == [
        ("2026-08", "3", {"absolute": "2", "percent": "200"}),
        ("2026-09", "6", {"absolute": "3", "percent": "100"}),
        ("2026-10", "3", {"absolute": "-3", "percent": "-50"}),
    ]
    assert found["previous"] == {"start": "2026-05-01", "end": "2026-08-01"}
    assert found["totals"][0]["change"] == {"absolute": "11", "percent": "1100"}


def test_only_the_month_whose_month_before_is_missing_has_no_change() -> None:
    store = MemoryStore([charge(f"2026-{month}-05", cost=month) for month in ("08", "09", "10")])

    found = answer(store, "change", dimensions=["billing_month"], **TO_OCTOBER)

    assert [change and change["absolute"] for (change,) in listed(found, "change")] == [None, "1", "1"]
    assert found["totals"][0]["change"] is None
    assert 'Not loaded before: 2026-05 to 2026-07 of source "aws".' in hint(found)


def test_a_day_is_compared_with_the_day_before() -> None:
    store = MemoryStore(
        [charge(f"2026-10-{day}", cost=cost) for day, cost in (("05", "1"), ("06", "4"), ("08", "2"))]
    )

    found = answer(
        store, "billed_cost", "change", dimensions=["day"], start=date(2026, 10, 6), end=date(2026, 10, 10)
    )

    assert [
        (day, cost, change["absolute"]) for day, cost, change in listed(found, "day", "billed_cost", "change")
    ] == [
        ("2026-10-06", "4", "3"),
        ("2026-10-07", "0", "-4"),
        ("2026-10-08", "2", "2"),
        ("2026-10-09", "0", "-2"),
    ]


def test_per_cent_of_a_credit_are_unknown() -> None:
    store = MemoryStore([charge(cost="5"), charge("2026-09-05", cost="-10")])

    assert listed(answer(store, "change", **OCTOBER), "change") == [({"absolute": "15", "percent": None},)]


def test_rows_may_be_in_order_of_their_change() -> None:
    store = MemoryStore(
        [
            *(charge(cost=cost, x_ConsumerId=name) for name, cost in (("a", "5"), ("b", "1"), ("c", "9"))),
            *(charge("2026-09-01", cost="4", x_ConsumerId=name) for name in "abc"),
        ]
    )

    found = answer(store, "change", dimensions=["customer"], order_by="change asc", limit=2, **OCTOBER)

    assert listed(found, "customer") == [("b",), ("a",)]
    assert found["rows_left_out"] == 1


def test_a_currency_that_was_only_billed_before_has_a_total() -> None:
    store = MemoryStore([charge(cost="1"), charge("2026-09-05", BillingCurrency="EUR", cost="3")])

    found = answer(store, "billed_cost", "change", **OCTOBER)

    assert [(row["currency"], row["billed_cost"], row["change"]["absolute"]) for row in found["totals"]] == [
        ("EUR", "0", "-3"),
        ("USD", "1", "1"),
    ]
    assert found["currency"] is None


MARCH = [
    *(charge(f"2026-02-{day:02}", cost="10") for day in range(1, 29)),
    *(charge(f"2026-03-{day:02}", cost="10") for day in range(1, 32)),
]


@pytest.mark.parametrize(
    ("first", "end"),
    [("03-30", "03-31"), ("03-29", "03-31"), ("03-01", "03-31"), ("03-29", "04-01")],
)
@pytest.mark.parametrize("dimension", ["month", "billing_month"])
def test_days_that_the_month_before_lacks_have_no_change_by_month(
    first: str, end: str, dimension: str
) -> None:
    store = MemoryStore(MARCH, empty=[("aws", "2026-01")])
    start, after = (date.fromisoformat(f"2026-{day}") for day in (first, end))

    found = answer(store, "billed_cost", "change", dimensions=[dimension], start=start, end=after)

    assert listed(found, dimension, "change") == [("2026-03", None)]
    assert found["totals"][0]["change"]["absolute"] in {"0", "20"}  # with as many days before
    assert "change is null for 2026-03, of whose days the month before lacks some" in hint(found)


@pytest.mark.parametrize(
    ("end", "change"), [(date(2026, 3, 29), "0"), (date(2026, 3, 28), "0"), (date(2026, 4, 1), "30")]
)
def test_whole_months_and_the_same_days_are_compared_by_month(end: date, change: str) -> None:
    store = MemoryStore(MARCH, empty=[("aws", "2026-01")])

    found = answer(store, "billed_cost", "change", dimensions=["month"], start=date(2026, 3, 1), end=end)

    assert [row["change"]["absolute"] for row in found["rows"]] == [change]
    assert found["hint"] is None


def test_only_the_months_whose_days_are_lacking_before_have_no_change() -> None:
    store = MemoryStore(
        [*MARCH, charge("2026-01-31", cost="5")], empty=[("aws", "2025-12"), ("aws", "2025-11")]
    )

    found = answer(
        store, "billed_cost", "change", dimensions=["month"], start=date(2026, 1, 1), end=date(2026, 3, 31)
    )

    assert [(month, change and change["absolute"]) for month, change in listed(found, "month", "change")] == [
        ("2026-01", "5"),
        ("2026-02", "275"),
        ("2026-03", None),
    ]
