"""Days that cost far more or less than they usually do (docs/anomalies.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from catalog.pricing.decimals import NANO, ROUNDED
from costs.reports.judged_day import Day
from costs.reports.robust import ESTIMATES
from costs.reports.usual import SHORTEST, Walk

_SCORE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Jump:
    """A day beside what is usual, which it is off unless it was asked for.

    Args:
        day: the day.
        actual: what it cost.
        expected: what it was expected to cost, from the days before.
        low: the least that is usual.
        high: the most that is usual.
        score: how far off it is, in usual deviations on the log scale; negative if it cost less.
    """

    day: date
    actual: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal
    score: Decimal


def detect(daily: Mapping[date, Decimal], *, floor: Decimal) -> list[Jump]:
    """The days of a series that are off what is usual, in order.

    The first two weeks are learned from. A new level is told on its first days; then it is usual.

    Args:
        daily: what each day cost, in one currency; days between that are missing cost nothing.
        floor: less than so much money is no jump; above 0.
    """
    if len(daily) <= SHORTEST or max(map(abs, daily.values())) < floor:
        return []
    with localcontext(ESTIMATES):
        days = Walk(daily, floor).days
    return [_jump(day) for day in days if day.is_jump]


def judged(daily: Mapping[date, Decimal], days: Collection[date], *, floor: Decimal) -> list[Jump]:
    """These days of a series beside what is usual, in order, whether they are off or not.

    Args:
        daily: as of detect.
        days: later than its first two weeks.
        floor: as of detect.
    """
    with localcontext(ESTIMATES):
        walk = Walk(daily, floor)
        found = [day for day in walk.days if day.day in days]
        for day in found:
            walk.expect(day)
    return [_jump(day) for day in found]


def _jump(day: Day) -> Jump:
    return Jump(
        day.day, day.actual, _money(day.expected), _money(day.low), _money(day.high), _score(day.score)
    )


def _money(amount: Decimal) -> Decimal:
    return ROUNDED.quantize(amount, NANO)


def _score(score: Decimal) -> Decimal:
    return ROUNDED.quantize(score, _SCORE)
