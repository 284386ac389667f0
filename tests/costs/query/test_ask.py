from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from catalog.pricing.answers import utc_text
from costs.errors import NotLoadedError, TooLargeError
from costs.query import Question, ask, groups
from tests.costs.query.asking import NOW, OCTOBER, answer, hint, listed
from tests.costs.stores import MemoryStore, charge, tokens


def test_costs_are_exact_to_the_last_of_eighteen_places() -> None:
    store = MemoryStore(
        [charge(cost="0.000000000000000001"), charge(cost="12345678901234567.123456789012345678"), charge()]
    )

    assert listed(answer(store), "billed_cost") == [("12345678901234568.123456789012345679",)]


def test_each_row_has_the_dimensions_and_measures_asked_for_and_no_other() -> None:
    store = MemoryStore([tokens("1000", x_ConsumerId="acme")])

    found = answer(store, "tokens", "share", dimensions=["model", "customer", "day", "month"])

    assert found["rows"] == [
        {
            "model": "claude-sonnet-4-6",
            "customer": "acme",
            "day": "2026-10-05",
            "month": "2026-10",
            "tokens": "1000",
            "share": "1",
        }
    ]
    assert found["totals"] == [{"currency": "USD", "tokens": "1000", "share": "1"}]


def test_what_no_charge_says_is_null_and_not_0() -> None:
    store = MemoryStore([charge(cost="5")])

    found = answer(store, "tokens", "requests", "cost_per_million_tokens", dimensions=["model", "customer"])

    assert found["rows"] == [
        {
            "model": None,
            "customer": None,
            "tokens": None,
            "requests": None,
            "cost_per_million_tokens": None,
        }
    ]


def test_a_model_is_unmapped_if_only_the_bill_names_it_and_null_if_nothing_does() -> None:
    store = MemoryStore(
        [
            tokens("1", cost="1"),
            tokens("1", cost="2", x_ModelId=None, x_BillingModel="New model"),
            charge(cost="4"),
        ]
    )

    found = answer(store, dimensions=["model"])

    assert listed(found, "model", "billed_cost") == [
        (None, "4"),
        ("(unmapped)", "2"),
        ("claude-sonnet-4-6", "1"),
    ]
    assert found["unmapped"] == {"USD": "2"}
    assert "2 USD is of models whose names on the bill are not mapped to a model id" in hint(found)
    only_unmapped = answer(store, filters={"model": ["(unmapped)"]})
    assert listed(only_unmapped, "billed_cost") == [("2",)]


def test_unattributed_money_is_that_of_the_window_and_filters() -> None:
    store = MemoryStore(
        [
            charge(cost="1"),
            charge(cost="2", x_ConsumerId="acme"),
            charge(cost="4", x_Cloud="gcp"),
            charge("2026-09-30", cost="8"),
        ]
    )

    assert answer(store, **OCTOBER)["unattributed"] == {"USD": "5"}
    assert answer(store, filters={"cloud": ["aws"]}, **OCTOBER)["unattributed"] == {"USD": "1"}
    assert answer(store, filters={"customer": ["acme"]})["unattributed"] == {"USD": "0"}


def test_the_price_of_tokens_is_of_charges_for_tokens_and_the_rest_is_told() -> None:
    store = MemoryStore([tokens("500000", cost="1.5"), tokens("250000", cost="0.75"), charge(cost="390")])

    found = answer(store, "cost_per_million_tokens", **OCTOBER)

    assert listed(found, "cost_per_million_tokens") == [("3",)]
    assert "cost_per_million_tokens leaves out 390 USD of charges without tokens." in hint(found)


def test_the_price_of_tokens_is_of_the_first_cost_asked_for() -> None:
    store = MemoryStore([tokens("1000000", cost="3", EffectiveCost=Decimal(2), ListCost=Decimal(4))])

    for cost, price in (("billed_cost", "3"), ("effective_cost", "2"), ("list_cost", "4")):
        assert listed(answer(store, cost, "cost_per_million_tokens"), "cost_per_million_tokens") == [(price,)]


@pytest.mark.parametrize("count", ["0", "-0"])
def test_the_price_of_no_tokens_is_unknown(count: str) -> None:
    store = MemoryStore([tokens(count, cost="3")])

    assert listed(answer(store, "cost_per_million_tokens"), "cost_per_million_tokens") == [(None,)]


def test_a_share_is_of_all_rows_and_not_of_those_listed() -> None:
    store = MemoryStore([charge(cost="3", x_ConsumerId="a"), charge(cost="1", x_ConsumerId="b")])

    found = answer(store, "share", dimensions=["customer"], limit=1)

    assert listed(found, "customer", "share") == [("a", "0.75")]
    assert found["rows_left_out"] == 1


def test_a_share_of_nothing_is_unknown() -> None:
    store = MemoryStore([charge(cost="3", x_ConsumerId="a"), charge(cost="-3", x_ConsumerId="b")])

    assert listed(answer(store, "share", dimensions=["customer"]), "share") == [(None,), (None,)]


def test_currencies_are_kept_apart_and_shown_though_not_asked_for() -> None:
    store = MemoryStore(
        [
            charge(cost="3"),
            charge(cost="1", BillingCurrency="EUR", x_ConsumerId="acme"),
            tokens("10", cost="1", BillingCurrency="EUR"),
        ]
    )

    found = answer(store, "billed_cost", "share", dimensions=["customer"])

    assert found["currency"] is None
    assert listed(found, "customer", "currency", "billed_cost", "share") == [
        (None, "USD", "3", "1"),
        ("acme", "EUR", "1", "0.5"),
        (None, "EUR", "1", "0.5"),
    ]
    assert [(row["currency"], row["billed_cost"]) for row in found["totals"]] == [("EUR", "2"), ("USD", "3")]
    assert found["unattributed"] == {"EUR": "1", "USD": "3"}
    assert 'The bills are in "EUR", "USD", which are not added up.' in hint(found)
    one = answer(store, filters={"currency": ["EUR"]})
    assert one["currency"] == "EUR"
    assert one["rows"] == [{"billed_cost": "2"}]


def test_a_window_is_of_whole_days_in_utc_without_its_end() -> None:
    days = ["2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01"]
    late: dict[str, Any] = {"ChargePeriodStart": datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC)}
    east: dict[str, Any] = {"ChargePeriodStart": datetime.fromisoformat("2026-11-01T05:00:00+08:00")}
    store = MemoryStore(
        [
            *(charge(day, cost=f"{10**number}") for number, day in enumerate(days)),
            charge(**late),
            charge(**east),
        ]
    )

    found = answer(store, dimensions=["day"], **OCTOBER)

    assert listed(found, "day", "billed_cost") == [("2026-10-01", "10"), ("2026-10-31", "102")]


def test_a_late_charge_is_of_its_own_month_and_of_the_invoice_that_has_it() -> None:
    late: dict[str, Any] = {
        "BillingPeriodStart": datetime(2026, 11, 1, tzinfo=UTC),
        "x_LoadId": "aws-2026-11",
    }
    store = MemoryStore([charge("2026-10-31", **late)])

    found = answer(store, dimensions=["month", "billing_month"])

    assert listed(found, "month", "billing_month") == [("2026-10", "2026-11")]
    assert found["loads"][0]["billing_month"] == "2026-11"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"customer": ["a"]}, "1"),
        ({"customer": ["a", None]}, "5"),
        ({"customer": [None]}, "4"),
        ({"not_customer": ["a"]}, "6"),
        ({"not_customer": ["a", None]}, "2"),
        ({"not_customer": [None]}, "3"),
        ({"customer": ["a", "b"], "not_customer": ["b"]}, "1"),
        ({"day": ["2026-10-06"]}, "2"),
        ({"not_day": ["2026-10-06"]}, "5"),
        ({"month": ["2026-10"], "billing_month": ["2026-10"], "load": ["aws-2026-10"]}, "7"),
    ],
)
def test_filters_choose_rows_and_not_filters_leave_them_out(
    filters: dict[str, list[Any]], expected: str
) -> None:
    store = MemoryStore(
        [
            charge(cost="1", x_ConsumerId="a"),
            charge("2026-10-06", cost="2", x_ConsumerId="b"),
            charge(cost="4"),
        ]
    )

    assert listed(answer(store, filters=filters), "billed_cost") == [(expected,)]


def test_the_sources_that_loads_and_hints_name_can_be_grouped_and_filtered_by() -> None:
    store = MemoryStore([charge(cost="1"), charge(cost="2", x_Source="demo"), charge(cost="4")])

    found = answer(store, dimensions=["source"], filters={"not_source": ["nobody"]})

    assert listed(found, "source", "billed_cost") == [("aws", "5"), ("demo", "2")]
    assert listed(answer(store, filters={"source": ["demo"]}), "billed_cost") == [("2",)]
    assert {load["source"] for load in found["loads"]} == {"aws", "demo"}


def test_an_answer_names_the_loads_that_have_its_charges() -> None:
    store = MemoryStore([charge(), charge("2026-09-05"), charge(x_Cloud="gcp", x_IsEstimate=True)])

    found = answer(store, filters={"cloud": ["aws"]}, **OCTOBER)

    assert found["loads"] == [
        {
            "load": "aws-2026-10",
            "source": "aws",
            "billing_month": "2026-10",
            "loaded_at": "2026-11-03T00:00:00Z",
            "is_demo": False,
        }
    ]
    assert found["is_estimate"] is False
    assert answer(store, **OCTOBER)["is_estimate"] is True


def test_demo_costs_are_marked_even_where_there_are_none() -> None:
    store = MemoryStore([charge()], demo=frozenset({"aws"}))

    for found in (answer(store), answer(store, filters={"customer": ["x"]})):
        assert found["is_demo"] is True
        assert hint(found).startswith("These costs are made-up demo data.")
    mixed = MemoryStore([charge(), charge(x_Cloud="gcp")], demo=frozenset({"gcp"}))
    assert hint(answer(mixed)).startswith('The costs of source "gcp" are made-up demo data.')
    assert answer(mixed, filters={"cloud": ["aws"]})["is_demo"] is False


def test_an_answer_as_of_before_a_restatement_has_the_old_sum() -> None:
    restated = datetime(2026, 11, 10, tzinfo=UTC)
    store = MemoryStore(
        [charge(cost="1", x_LoadId="old"), charge(cost="3", x_LoadId="new")],
        loaded_at={"new": restated},
        until={"old": restated},
    )

    before = answer(store, as_of=restated - timedelta(seconds=1))
    after = answer(store)

    assert (listed(before, "billed_cost"), before["as_of"]) == ([("1",)], "2026-11-09T23:59:59Z")
    assert (listed(after, "billed_cost"), after["as_of"]) == ([("3",)], "2026-11-28T12:00:00Z")


def test_a_moment_in_the_future_is_now() -> None:
    found = answer(MemoryStore([charge()]), as_of=NOW + timedelta(days=1))

    assert found["as_of"] == "2026-11-28T12:00:00Z"


def test_a_question_before_the_first_load_is_told_so() -> None:
    store = MemoryStore([charge()])

    with pytest.raises(NotLoadedError, match="No costs were loaded at 2025-12-31 00:00 UTC"):
        answer(store, as_of=datetime(2025, 12, 31, tzinfo=UTC))
    with pytest.raises(NotLoadedError, match="No costs are loaded") as caught:
        ask(Question(), MemoryStore([]))
    assert caught.value.hint == "Ask the operator to run the command load_costs."


def test_rows_without_the_measure_that_orders_them_come_last() -> None:
    store = MemoryStore(
        [charge(x_ConsumerId="none"), tokens("5", x_ConsumerId="few"), tokens("9", x_ConsumerId="many")]
    )

    for way, expected in (("desc", ["many", "few", "none"]), ("asc", ["few", "many", "none"])):
        for measure in ("tokens", "cost_per_million_tokens"):
            found = answer(store, measure, dimensions=["customer"], order_by=f"{measure} {way}")
            names = [name for (name,) in listed(found, "customer")]
            assert names == (expected if measure == "tokens" else [*reversed(expected[:2]), "none"])


def test_a_question_that_compares_too_many_rows_is_refused_and_a_sum_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(groups, "MAX_GROUPS", 2)
    store = MemoryStore([charge(x_ConsumerId=name) for name in "abc"])

    with pytest.raises(TooLargeError) as caught:
        answer(store, "share", dimensions=["customer"])
    assert caught.value.message == "The question has 3 rows; 2 can be compared."
    found = answer(store, "share", "billed_cost", dimensions=["customer"], order_by="billed_cost", limit=1)
    assert found["rows_left_out"] == 2


def test_a_measure_or_dimension_asked_for_twice_is_shown_once() -> None:
    found = answer(MemoryStore([charge()]), "billed_cost", "billed_cost", dimensions=["cloud", "cloud"])

    assert found["rows"] == [{"cloud": "aws", "billed_cost": "1"}]


def test_an_answer_beside_a_load_that_is_published_is_of_the_moment_before_and_repeats() -> None:
    since = NOW - timedelta(seconds=20)
    store = MemoryStore(
        [charge(cost="5"), charge(cost="7", x_LoadId="new")],
        loaded_at={"new": since + timedelta(seconds=5)},
        until={"aws-2026-10": since + timedelta(seconds=5)},
        publishing_since=since,
    )

    found = answer(store)

    assert (found["rows"], found["as_of"]) == ([{"billed_cost": "5"}], utc_text(since))
    assert answer(replace(store, publishing_since=None), as_of=since) == found
