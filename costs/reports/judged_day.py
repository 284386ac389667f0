"""A day of a series, and how it was judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costs.query.periods import DAY

_ZERO = Decimal(0)


@dataclass(slots=True)
class Day:
    """A day of a series.

    Args:
        day: the day.
        actual: what it cost.
        log: the same on the log scale.
        usual: what it was expected to be on that scale.
        width: how far off is the most that is usual there.
        expected: what it was expected to cost; 0 unless it was asked for, as of each jump.
        low: the least that is usual.
        high: the most that is usual.
        score: the deviation in usual ones, on the log scale.
        is_jump: whether it is outside of what is usual, by more than the floor.
        known_at: the index of the day that showed a jump to be a new level.
        monthly: what it cost beside its neighbours, as the same day of an earlier month did.
    """

    day: date
    actual: Decimal
    log: Decimal
    usual: Decimal = _ZERO
    width: Decimal = _ZERO
    expected: Decimal = _ZERO
    low: Decimal = _ZERO
    high: Decimal = _ZERO
    score: Decimal = _ZERO
    is_jump: bool = False
    known_at: int | None = None
    monthly: Decimal = _ZERO


def every_day(daily: Mapping[date, Decimal]) -> Iterator[tuple[date, Decimal]]:
    """The days from the first to the last; those that are missing cost nothing."""
    if not daily:
        return
    day, last = min(daily), max(daily)
    while day <= last:
        yield day, daily.get(day, _ZERO)
        day += DAY
