from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from costs.reports.anomalies import Jump, detect
from tests.costs.reports.days import days, office, series

FLOOR = Decimal(5)
MONDAY = "2026-10-12"


def found(daily: dict[date, Decimal]) -> list[str]:
    return [f"{jump.day}" for jump in detect(daily, floor=FLOOR)]


def test_a_quiet_series_has_no_jump() -> None:
    assert found(series()) == []


def test_a_spike_is_found_on_its_day_with_what_was_expected() -> None:
    [jump] = detect(series({MONDAY: "300"}), floor=FLOOR)

    assert jump.day == date(2026, 10, 12)
    assert jump.actual == 300
    assert 90 < jump.low < jump.expected < jump.high < 150 or 70 < jump.low < jump.expected < 130
    assert jump.score > 5


def test_a_day_without_charges_is_a_drop() -> None:
    daily = series()
    del daily[date(2026, 10, 12)]

    [jump] = detect(daily, floor=FLOOR)

    assert not jump.actual
    assert jump.score < 0


def test_a_workday_that_costs_what_a_sunday_does_is_a_holiday() -> None:
    assert found(series({MONDAY: "30"})) == []


def test_a_saturday_that_costs_what_a_monday_does_is_a_jump() -> None:
    assert found(series({"2026-10-17": "100"})) == ["2026-10-17"]


def test_a_new_level_is_told_on_its_first_days_only() -> None:
    daily = series(usual=lambda day: office(day) * (3 if day >= date(2026, 10, 12) else 1))

    assert found(daily) == ["2026-10-12", "2026-10-13", "2026-10-14"]


def test_the_old_level_that_is_back_soon_is_no_jump() -> None:
    month = {day for day in days() if date(2026, 10, 12) <= day <= date(2026, 10, 18)}
    daily = series(usual=lambda day: office(day) * (3 if day in month else 1))

    assert found(daily) == ["2026-10-12", "2026-10-13", "2026-10-14"]


def test_a_charge_of_each_first_of_the_month_is_usual() -> None:
    assert found(series(usual=lambda day: office(day) + (500 if day.day == 1 else 0))) == []


def test_a_monthly_charge_that_rises_is_a_jump() -> None:
    monthly = {8: 500, 9: 500, 10: 500, 11: 1500}
    daily = series(usual=lambda day: office(day) + (monthly[day.month] if day.day == 1 else 0))

    assert found(daily) == ["2026-11-01"]


def test_a_monthly_charge_that_is_missing_is_a_drop() -> None:
    daily = series(usual=lambda day: office(day) + (500 if day.day == 1 and day.month < 11 else 0))

    assert found(daily) == ["2026-11-01"]


def test_steady_growth_is_usual() -> None:
    assert found(series(usual=lambda day: office(day) * (1 + Decimal(days().index(day)) / 50))) == []


def test_money_out_of_nowhere_is_a_jump() -> None:
    daily = series(usual=lambda day: Decimal(40) if day >= date(2026, 10, 12) else Decimal(0))

    assert found(daily)[0] == "2026-10-12"


def test_a_large_credit_is_a_drop_and_credits_each_day_are_usual() -> None:
    assert found(series(usual=lambda day: -office(day))) == []
    assert found(series({MONDAY: "-200"})) == [MONDAY]


def test_what_is_less_than_the_floor_is_no_jump() -> None:
    daily = {day: amount / 100 for day, amount in series({MONDAY: "300"}).items()}

    assert found(daily) == []
    assert [jump.day for jump in detect(daily, floor=Decimal("0.05"))] == [date(2026, 10, 12)]


def test_two_weeks_are_learned_from() -> None:
    short = dict(list(series({"2026-08-10": "900"}).items())[:14])

    assert detect(short, floor=FLOOR) == []
    assert detect({}, floor=FLOOR) == []


def test_no_day_is_judged_by_what_came_later() -> None:
    daily = series({MONDAY: "300", "2026-10-20": "5", "2026-11-03": "260"})

    def up_to(day: date) -> list[Jump]:
        return detect({each: daily[each] for each in daily if each <= day}, floor=FLOOR)

    everything = detect(daily, floor=FLOOR)
    for day in days(date(2026, 10, 1)):
        assert up_to(day) == [jump for jump in everything if jump.day <= day]


@pytest.mark.parametrize("factor", ["0.001", "1000000"])
def test_the_unit_of_the_currency_does_not_matter(factor: str) -> None:
    daily = series({MONDAY: "300"})
    scaled = {day: amount * Decimal(factor) for day, amount in daily.items()}

    assert [jump.day for jump in detect(scaled, floor=FLOOR * Decimal(factor))] == [date(2026, 10, 12)]
