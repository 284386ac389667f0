from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from costs.errors import InvalidQuestionError
from costs.query import Question
from costs.query.ask import answer_from
from costs.reports.forecasts import ForecastAnswer, forecast_costs
from tests.costs.reports.days import daily, office, series, snapshot, store
from tests.costs.stores import MemoryStore


def odd_digits(day: date) -> Decimal:
    return office(day) + Decimal("0.000000000000000001")


def two_clouds() -> MemoryStore:
    return store(
        *daily(series(usual=odd_digits), x_ConsumerId="acme"),
        *daily(series(), x_Cloud="gcp", BillingCurrency="EUR"),
    )


def late_source() -> MemoryStore:
    """Euros and dollars of aws, and a source that is a week late, in dollars alone."""
    late = {day: amount for day, amount in series().items() if day <= date(2026, 11, 12)}
    return store(
        *daily(series(usual=odd_digits), BillingCurrency="EUR"),
        *daily(series()),
        *daily(late, x_Cloud="gcp", x_Source="other"),
    )


def asked(kept: MemoryStore, filters: Any = None, until: date | None = None) -> ForecastAnswer:
    return forecast_costs(filters or {}, until, snapshot(kept))


@pytest.mark.parametrize(
    "filters", [{}, {"customer": ["acme"]}, {"not_customer": ["acme"]}, {"cloud": ["gcp"]}]
)
def test_spent_is_what_query_costs_answers_to_the_last_digit(filters: dict[str, list[str | None]]) -> None:
    kept = two_clouds()

    found = asked(kept, filters)

    question = Question(filters=filters, start=date(2026, 11, 1), end=date(2026, 11, 20))
    totals = answer_from(question, snapshot(kept))["totals"]
    assert found["through"] == "2026-11-19"
    assert {row["currency"]: row["spent"] for row in found["rows"]} == {
        row["currency"]: row["billed_cost"] for row in totals
    }


def test_currencies_have_rows_of_their_own() -> None:
    rows = asked(two_clouds())["rows"]

    assert sorted(row["currency"] for row in rows) == ["EUR", "USD"]
    assert all(row["low"] and row["high"] and row["past_error_percent"] for row in rows)


def test_a_late_source_holds_back_its_own_currency_alone_and_is_named() -> None:
    found = asked(late_source())

    euros, dollars = found["rows"]
    assert (euros["currency"], euros["through"]) == ("EUR", "2026-11-19")
    assert (dollars["currency"], dollars["through"]) == ("USD", "2026-11-12")
    assert found["through"] == "2026-11-12"
    assert (
        "EUR: Spent is up to 2026-11-19. USD: Spent is up to 2026-11-12. "
        'Nothing of source "other" is known after 2026-11-12, so USD ends there.'
    ) in (found["hint"] or "")


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_the_row_of_a_currency_is_that_of_its_filter(currency: str) -> None:
    kept = late_source()

    (row,) = asked(kept, {"currency": [currency]})["rows"]

    assert row in asked(kept)["rows"]
    assert row["low"]


def test_a_late_source_of_the_only_currency_is_named() -> None:
    late = {day: amount for day, amount in series().items() if day <= date(2026, 11, 12)}

    hint = asked(store(*daily(series()), *daily(late, x_Cloud="gcp")))["hint"] or ""

    assert hint.startswith(
        'Spent is up to 2026-11-12. Nothing of source "gcp" is known after 2026-11-12, so USD ends there.'
    )
    assert "ends there" not in (asked(two_clouds())["hint"] or "")


def test_a_month_that_a_source_lacks_makes_only_its_currency_unknown() -> None:
    stopped = {day: amount for day, amount in series().items() if day.month < 11}

    found = asked(store(*daily(series()), *daily(stopped, x_Cloud="gcp", BillingCurrency="EUR")))

    assert [(row["currency"], row["forecast"] is None) for row in found["rows"]] == [
        ("EUR", True),
        ("USD", False),
    ]
    assert 'EUR: Unknown, since not loaded or not complete: 2026-11 of source "gcp".' in (found["hint"] or "")


def test_without_any_charge_the_forecast_is_unknown() -> None:
    found = asked(two_clouds(), {"customer": ["nobody"]})

    assert (found["through"], found["rows"]) == (None, [])
    assert "no charges of any source are loaded" in (found["hint"] or "")


def test_without_a_month_the_forecast_is_unknown_and_says_why() -> None:
    kept = store(
        *daily(series()),
        *daily({day: amount for day, amount in series().items() if day.month < 11}, x_Cloud="gcp"),
    )

    found = asked(kept)

    assert [(row["spent"], row["forecast"], row["days"]) for row in found["rows"]] == [(None, None, [])]
    assert 'Unknown, since not loaded or not complete: 2026-11 of source "gcp".' in (found["hint"] or "")
    assert asked(kept, {"not_source": ["gcp"]})["rows"][0]["forecast"]


def test_a_month_that_is_missing_before_the_period_is_named_with_the_days_that_are_left() -> None:
    kept = store(*daily({day: amount for day, amount in series().items() if day.month != 10}))

    found = asked(kept)

    assert found["rows"][0]["forecast"]
    assert (
        'Not loaded or not complete: 2026-10 of source "aws". '
        "So it is forecast from the 19 days since 2026-11-01 alone."
    ) in (found["hint"] or "")
    assert "So it is forecast" not in (asked(store(*daily(series())))["hint"] or "")


def test_two_weeks_are_too_few() -> None:
    short = store(*daily({day: amount for day, amount in series().items() if day >= date(2026, 11, 7)}))

    found = asked(short)

    assert found["rows"][0]["forecast"] is None
    assert "Less than 14 days are loaded" in (found["hint"] or "")


def test_a_last_day_that_lacks_charges_is_not_counted() -> None:
    found = asked(store(*daily(series({"2026-11-19": "4"}))))

    assert found["through"] == "2026-11-18"
    assert "Spent is up to 2026-11-18." in (found["hint"] or "")


def test_a_filter_by_time_is_refused() -> None:
    with pytest.raises(InvalidQuestionError, match="The filter not_day is of time"):
        asked(two_clouds(), {"not_day": ["2026-11-02"]})


def test_a_period_years_ahead_is_refused() -> None:
    with pytest.raises(InvalidQuestionError, match="cannot be forecast"):
        asked(two_clouds(), until=date(2029, 1, 1))
