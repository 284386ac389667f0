from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.providers.google_cloud.months import LOS_ANGELES, months

times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_a_period_is_split_at_midnight_in_los_angeles() -> None:
    ranges = list(months(datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)))

    assert ranges == [
        (datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 2, 1, 8, tzinfo=UTC)),
        (datetime(2026, 2, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC)),
        (datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 4, 1, 7, tzinfo=UTC)),
        (datetime(2026, 4, 1, 7, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC)),
    ]


@given(times, st.timedeltas(timedelta(0), timedelta(days=500)))
def test_the_ranges_cover_the_period_without_gaps_and_each_is_within_one_month(
    since: datetime, span: timedelta
) -> None:
    ranges = list(months(since, since + span))

    ends = [since, *(end for _, end in ranges)]
    assert [start for start, _ in ranges] == ends[:-1]
    assert ends[-1] == since + span
    for start, end in ranges:
        first, last = start.astimezone(LOS_ANGELES), (end - timedelta(microseconds=1)).astimezone(LOS_ANGELES)
        assert (first.year, first.month) == (last.year, last.month)
