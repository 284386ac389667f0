from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.window import DEEP_OVERLAP, OVERLAP, kept_from, next_window, retry_after

TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
AGES = st.none() | st.timedeltas(timedelta(minutes=-90), timedelta(days=9))


@given(TIMES, AGES, AGES)
def test_a_window_is_of_whole_minutes_that_are_over_and_leaves_none_out(
    now: datetime, age: timedelta | None, deep_age: timedelta | None
) -> None:
    through = None if age is None else (now - age).replace(second=0, microsecond=0)
    kept = kept_from(now)

    window = next_window(now, through, None if deep_age is None else now - deep_age, kept)

    assert window.start <= window.end <= now < window.end + timedelta(minutes=1)
    assert all(each.second == each.microsecond == 0 for each in window[:2])
    assert window.start >= kept
    # What was not read is read, if it can be.
    assert window.start <= max(kept, through or kept)
    overlap = DEEP_OVERLAP if window.is_deep else OVERLAP
    assert window.start <= max(kept, window.end - overlap)


def test_the_wait_after_failures_doubles_and_is_bounded() -> None:
    minutes = [retry_after(failures) // timedelta(minutes=1) for failures in (1, 2, 3, 4, 5, 6, 60)]

    assert minutes == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize("hour", [0, 23])
def test_minutes_are_kept_by_whole_hours(hour: int) -> None:
    now = datetime(2026, 11, 28, hour, 59, 30, tzinfo=UTC)

    assert kept_from(now) == datetime(2026, 11, 26, hour, 0, tzinfo=UTC)
