"""The days of earlier months that a monthly charge would have been on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from costs.query.periods import DAY, add_months


def same_days(day: date, months: int) -> Iterator[tuple[date, ...]]:
    """The same day of each month before, the latest first; of the last day of a month, its last day too."""
    is_last = (day + DAY).day == 1
    for back in range(1, months + 1):
        same = add_months(day, -back)
        found = {same} if same.day == day.day else set()
        if is_last:
            found.add(add_months(day.replace(day=1), 1 - back) - DAY)
        yield tuple(sorted(found))
