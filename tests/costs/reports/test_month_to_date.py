from __future__ import annotations

from datetime import date

from costs.query.periods import Window
from tests.costs.reports.showing import NOVEMBER, OCTOBER, only, shown
from tests.costs.stores import MemoryStore, charge


def test_a_month_is_compared_with_the_same_days_of_the_one_before() -> None:
    store = MemoryStore(
        [
            charge("2026-10-01", "10"),
            charge("2026-10-05", "20"),
            charge("2026-10-06", "400"),
            charge("2026-11-02", "15"),
            charge("2026-11-05", "30"),
        ]
    )

    row = only(shown("month-to-date", store, NOVEMBER)["rows"])

    assert (row["from"], row["through"]) == ("2026-11-01", "2026-11-05")
    assert row["billed_cost"] == "45"
    assert row["same_days_before"] == "30"
    assert row["month_before"] == "430"
    assert row["change"] == {"absolute": "15", "percent": "50"}


def test_a_whole_month_is_compared_with_the_whole_one_before() -> None:
    store = MemoryStore([charge("2026-09-30", "7"), charge("2026-10-31", "8")])

    row = only(shown("month-to-date", store, OCTOBER)["rows"])

    assert row["same_days_before"] == row["month_before"] == "7"


def test_a_month_longer_than_the_one_before_is_compared_with_all_of_it() -> None:
    store = MemoryStore([charge("2026-09-30", "7"), charge("2026-10-30", "8"), charge("2026-10-30", "1")])

    assert only(shown("month-to-date", store, OCTOBER)["rows"])["same_days_before"] == "7"


def test_a_month_that_is_not_loaded_is_unknown_not_zero() -> None:
    row = only(shown("month-to-date", MemoryStore([charge("2026-10-05", "20")]))["rows"])

    assert row["billed_cost"] == "20"
    assert row["same_days_before"] is None
    assert row["month_before"] is None
    assert row["change"] is None


def test_currencies_have_rows_of_their_own() -> None:
    store = MemoryStore(
        [
            charge("2026-10-05", "20"),
            charge("2026-10-05", "3", BillingCurrency="EUR"),
            charge("2026-09-05", "1"),
        ]
    )

    rows = shown("month-to-date", store)["rows"]

    assert [(row["currency"], row["billed_cost"], row["month_before"]) for row in rows] == [
        ("EUR", "3", "0"),
        ("USD", "20", "1"),
    ]


def test_a_currency_that_was_only_billed_in_the_month_before_has_a_row() -> None:
    store = MemoryStore([charge("2026-10-05", "20"), charge("2026-09-05", "1", BillingCurrency="EUR")])

    rows = shown("month-to-date", store)["rows"]

    assert [(row["currency"], row["billed_cost"]) for row in rows] == [("EUR", "0"), ("USD", "20")]


def test_the_last_day_is_that_of_all_charges_whatever_is_filtered() -> None:
    store = MemoryStore([charge("2026-10-20", "1"), charge("2026-10-05", "2", x_Cloud="gcp", x_Source="aws")])

    row = only(shown("month-to-date", store, filters={"cloud": ["gcp"]})["rows"])

    assert (row["through"], row["billed_cost"]) == ("2026-10-20", "2")


def test_the_month_is_that_of_the_last_day_of_the_window() -> None:
    store = MemoryStore([charge("2026-10-20", "1"), charge("2026-11-05", "2")])

    row = only(shown("month-to-date", store, Window(date(2026, 10, 10), date(2026, 11, 8)))["rows"])

    assert (row["from"], row["billed_cost"]) == ("2026-11-01", "2")


def test_a_month_without_any_charge_has_no_row() -> None:
    assert shown("month-to-date", MemoryStore([charge("2026-10-20", "1")]), NOVEMBER)["rows"] == []


LATE = charge("2026-11-03", "4", x_Cloud="gcp", BillingCurrency="EUR")
CLOUDS = [charge("2026-09-30", "7"), charge("2026-10-31", "8"), charge("2026-11-05", "9")]


def test_a_source_that_begins_later_takes_nothing_from_the_months_before() -> None:
    found = shown("month-to-date", MemoryStore([*CLOUDS, LATE]), OCTOBER)

    row = only(found["rows"])
    assert (row["currency"], row["billed_cost"], row["month_before"]) == ("USD", "8", "7")
    assert row["change"] == {"absolute": "1", "percent": "14.2857"}
    assert found["notes"] == []


def test_the_first_month_of_a_source_is_compared_with_what_the_others_cost_before() -> None:
    found = shown("month-to-date", MemoryStore([*CLOUDS, LATE]), NOVEMBER)

    assert [(row["currency"], row["billed_cost"], row["month_before"]) for row in found["rows"]] == [
        ("EUR", "4", "0"),
        ("USD", "9", "8"),
    ]
    assert found["notes"] == []


def test_what_is_loaded_of_a_month_is_shown_with_what_a_source_lacks() -> None:
    gap = [charge("2026-09-03", "2", x_Cloud="gcp"), charge("2026-11-03", "4", x_Cloud="gcp")]
    store = MemoryStore([*CLOUDS, *gap])

    october, november = shown("month-to-date", store, OCTOBER), shown("month-to-date", store, NOVEMBER)

    row = only(october["rows"])
    assert (row["billed_cost"], row["month_before"], row["change"]) == ("8", "9", None)
    assert 'Not loaded: 2026-10 of source "gcp"' in (october["hint"] or "")
    row = only(november["rows"])
    assert (row["billed_cost"], row["month_before"], row["change"]) == ("13", "8", None)
    assert november["notes"] == [
        'Of the month before, 2026-10 of source "gcp" is not loaded: its amounts lack that.'
    ]
