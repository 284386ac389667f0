from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from catalog.pricing.decimals import exact_sum
from costs.reports.forecast import forecast
from tests.costs.reports.days import FIRST, LAST, days, office, series

START, UNTIL = date(2026, 11, 1), date(2026, 12, 1)


def test_the_rest_has_the_weekdays_and_the_level_of_the_past() -> None:
    found = forecast(series(), start=START, until=UNTIL)

    actual = exact_sum(office(day) for day in days(START, date(2026, 11, 30)))
    assert found.amount is not None
    assert abs(found.amount - actual) / actual < Decimal("0.02")
    assert found.through == LAST
    assert list(found.expected) == days(date(2026, 11, 20), date(2026, 11, 30))
    assert found.expected[date(2026, 11, 21)] * 2 < found.expected[date(2026, 11, 23)]


def test_the_parts_add_up_exactly() -> None:
    daily = {day: amount / 7 for day, amount in series().items()}
    daily = {day: round(amount, 18) for day, amount in daily.items()}

    found = forecast(daily, start=START, until=UNTIL)

    assert found.spent == exact_sum(amount for day, amount in daily.items() if day >= START)
    assert found.amount == found.spent + exact_sum(found.expected.values())


def test_the_band_is_of_past_forecasts_whose_error_is_told() -> None:
    found = forecast(series(), start=START, until=UNTIL)

    assert found.low is not None
    assert found.high is not None
    assert found.amount is not None
    assert found.spent <= found.low < found.amount < found.high
    assert found.error_percent is not None
    assert 0 < found.error_percent < 5
    assert found.tested > 20


def test_a_noisier_past_has_a_wider_band() -> None:
    def noisy(day: date) -> Decimal:
        return office(day) * (1 + Decimal(day.toordinal() * 13 % 17 - 8) / 10)

    calm, wild = (forecast(series(usual=usual), start=START, until=UNTIL) for usual in (office, noisy))

    assert calm.high is not None
    assert calm.low is not None
    assert wild.high is not None
    assert wild.low is not None
    assert wild.high - wild.low > 2 * (calm.high - calm.low)


def test_without_a_past_month_there_is_no_band() -> None:
    month = {day: amount for day, amount in series().items() if day >= date(2026, 10, 25)}

    found = forecast(month, start=START, until=UNTIL)

    assert found.amount is not None
    assert (found.low, found.high, found.error_percent, found.tested) == (None, None, None, 0)


def test_less_than_two_weeks_are_too_few() -> None:
    short = {day: amount for day, amount in series().items() if day >= date(2026, 11, 7)}

    found = forecast(short, start=START, until=UNTIL)

    assert (found.amount, found.expected) == (None, {})
    assert found.spent == exact_sum(short.values())
    assert forecast({}, start=START, until=UNTIL).through is None


def test_a_spike_of_yesterday_is_not_the_level_of_the_rest() -> None:
    usual, spiked = (forecast(series(odd), start=START, until=UNTIL) for odd in ({}, {f"{LAST}": "900"}))

    assert usual.amount is not None
    assert spiked.amount is not None
    assert abs((spiked.amount - spiked.spent) - (usual.amount - usual.spent)) < 10


def test_a_new_level_is_the_level_of_the_rest() -> None:
    daily = series(usual=lambda day: office(day) * (3 if day >= date(2026, 11, 9) else 1))

    found = forecast(daily, start=START, until=UNTIL)

    assert 250 < found.expected[date(2026, 11, 23)] < 350


def test_a_charge_of_each_first_of_the_month_is_in_the_forecast_of_the_next() -> None:
    daily = series(usual=lambda day: office(day) + (500 if day.day == 1 else 0))

    found = forecast(daily, start=date(2026, 12, 1), until=date(2027, 1, 1))

    assert found.spent == 0
    assert 500 < found.expected[date(2026, 12, 1)] < 700
    assert found.expected[date(2026, 12, 2)] < 150


def test_a_period_that_is_over_is_what_was_spent() -> None:
    found = forecast(series(), start=date(2026, 10, 1), until=START)

    spent = exact_sum(office(day) for day in days(date(2026, 10, 1), date(2026, 10, 31)))
    assert (found.spent, found.amount, found.low, found.high) == (spent, spent, spent, spent)


@pytest.mark.parametrize("first", [FIRST, date(2026, 10, 25), START])
@pytest.mark.parametrize("day", ["2026-11-02", "2026-11-09"])
def test_a_credit_that_came_once_is_not_forecast(first: date, day: str) -> None:
    usual, credited = (
        forecast(
            {each: cost for each, cost in series(odd).items() if each >= first}, start=START, until=UNTIL
        )
        for odd in ({}, {day: "-505"})
    )

    assert min(credited.expected.values()) > 20
    for each, expected in credited.expected.items():
        assert abs(expected - usual.expected[each]) < usual.expected[each] / 10


def test_a_credit_of_one_first_of_a_month_is_not_forecast_and_of_two_is() -> None:
    once, twice = (
        forecast(series(odd), start=date(2026, 12, 1), until=date(2027, 1, 1)).expected[date(2026, 12, 1)]
        for odd in ({"2026-11-01": "-505"}, {"2026-10-01": "-505", "2026-11-01": "-505"})
    )

    assert once > 50
    assert twice < -300


def test_a_credit_of_each_monday_is_forecast() -> None:
    daily = series(usual=lambda day: Decimal(-50) if day.weekday() == 0 else office(day))

    assert -80 < forecast(daily, start=START, until=UNTIL).expected[date(2026, 11, 23)] < -30


def test_credits_can_be_forecast() -> None:
    found = forecast(series(usual=lambda day: -office(day)), start=START, until=UNTIL)

    assert found.amount is not None
    assert found.high is not None
    assert found.amount < found.high < found.spent
    assert min(days()) == FIRST
