from __future__ import annotations

from datetime import date

import pytest

from costs.query.periods import Unit, Window, add_months, after, month_before


@pytest.mark.parametrize(
    ("start", "end", "before"),
    [
        ("2026-10-01", "2026-11-01", ("2026-09-01", "2026-10-01")),
        ("2026-03-01", "2026-04-01", ("2026-02-01", "2026-03-01")),
        ("2026-01-01", "2026-04-01", ("2025-10-01", "2026-01-01")),
        ("2026-10-05", "2026-10-12", ("2026-09-28", "2026-10-05")),
        ("2026-10-01", "2026-10-02", ("2026-09-30", "2026-10-01")),
    ],
)
def test_whole_months_are_before_whole_months_and_days_before_days(
    start: str, end: str, before: tuple[str, str]
) -> None:
    window = Window(date.fromisoformat(start), date.fromisoformat(end)).before()

    assert (f"{window.start}", f"{window.end}") == before


def test_a_window_touches_the_months_of_its_first_and_last_day() -> None:
    assert list(Window(date(2026, 11, 30), date(2027, 1, 2)).months()) == ["2026-11", "2026-12", "2027-01"]
    assert list(Window(date(2026, 11, 1), date(2026, 12, 1)).months()) == ["2026-11"]


def test_the_same_day_of_a_shorter_month_is_its_last() -> None:
    assert add_months(date(2026, 10, 31), -1) == date(2026, 9, 30)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)


def test_days_and_months_follow_each_other_over_the_end_of_a_year() -> None:
    assert after("2026-12-31", Unit.DAY) == "2027-01-01"
    assert after("2026-12", Unit.MONTH) == "2027-01"
    assert month_before("2027-01-01", Unit.DAY) == "2026-12"
    assert month_before("2027-01-02", Unit.DAY) == "2027-01"
    assert month_before("2027-01", Unit.MONTH) == "2026-12"


@pytest.mark.parametrize("method", ["months", "before"])
def test_an_open_window_has_no_length(method: str) -> None:
    with pytest.raises(ValueError, match="open"):
        list(getattr(Window(date(2026, 1, 1)), method)())
