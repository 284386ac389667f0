"""The rest of a period as its past leads to expect: the level, times the weekday, plus monthly charges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from costs.query.periods import DAY
from costs.reports.robust import median
from costs.reports.same_days import same_days
from costs.reports.usual import MEMORY, SHORTEST, WEEK, Walk

_ZERO, _ONE = Decimal(0), Decimal(1)
# How much a day weighs against the one after it when the level is computed.
_FADING = Decimal("0.86")
# How much of a rise is left on each day after.
_DAMPED = Decimal("0.97")
# How much of it is believed, and the most that it may be a day.
_BELIEVED = Decimal("0.75")
_STEEPEST = Decimal("0.02")
# Less of a typical day than this is no jump.
_FLOOR = Decimal("0.02")
_LEAST_FLOOR = Decimal("0.01")
_MONTHS = 2


class Series:
    """A series whose rest can be expected as of any of its days, from the days up to it alone.

    Args:
        daily: what each day cost; days between that are missing cost nothing.
    """

    def __init__(self, daily: Mapping[date, Decimal]) -> None:
        typical = median([abs(amount) for amount in daily.values()])
        self._walk = Walk(daily, max(typical * _FLOOR, _LEAST_FLOOR))
        self.first = self._walk.days[0].day

    def __len__(self) -> int:
        return len(self._walk.days)

    def sum(self, start: int, end: int) -> Decimal:
        """What the days from one index up to another cost."""
        return sum((day.actual for day in self._walk.days[max(0, start) : end]), _ZERO)

    def expect(self, end: int, days: Iterable[date]) -> dict[date, Decimal]:
        """What these days are expected to cost, seen from the first `end` days of the series."""
        first = self._level_starts(end)
        plain = [self._plain(index, end) for index in range(end)]
        weekdays = _weekdays(plain, self.first.weekday())
        level = _level(plain[first:], [weekdays[self._weekday(index)] for index in range(first, end)])
        rise = _rise(plain[first:])
        expected = {}
        for day in days:
            ahead = (day - self.first).days - end + 1
            grown = _ONE + rise * _DAMPED * (_ONE - _DAMPED**ahead) / (_ONE - _DAMPED)
            expected[day] = level * grown * weekdays[day.weekday()] + self._monthly(day, end)
        return expected

    def _level_starts(self, end: int) -> int:
        """The index where the last new level that is known by then begins."""
        known = [
            index
            for index, day in enumerate(self._walk.days[:end])
            if day.known_at is not None and day.known_at < end
        ]
        starts = [index for index in known if index - 1 not in known]
        return starts[-1] if starts and end - starts[-1] >= WEEK // 2 else 0

    def _plain(self, index: int, end: int) -> Decimal:
        """What a day would have cost without its jump, its monthly charges and a credit that came once."""
        day = self._walk.days[index]
        if day.is_jump and (day.known_at is None or day.known_at >= end):
            return day.expected - day.monthly
        others = self._same_weekdays(index, end) if self._without_monthly(index) < 0 else []
        if others and min(others) >= 0:
            return median(others)
        return self._without_monthly(index)

    def _same_weekdays(self, index: int, end: int) -> list[Decimal]:
        """What the other days of its weekday cost, of those that weekdays are learned from."""
        first = max(index % WEEK, index - MEMORY)
        return [
            self._without_monthly(each)
            for each in range(first, min(end, index + MEMORY + 1), WEEK)
            if each != index
        ]

    def _without_monthly(self, index: int) -> Decimal:
        return self._walk.days[index].actual - self._walk.days[index].monthly

    def _monthly(self, day: date, end: int) -> Decimal:
        """What a day costs beside others because the same day of earlier months did.

        The first and the last day of a month need one month before, other days two, and so does what
        costs less: a credit that came once need not come again.
        """
        extras = []
        for same in same_days(day, _MONTHS):
            found = [self._walk.beside((each - self.first).days, end) for each in same]
            extras.append(max(found, key=abs, default=_ZERO))
        last, before = extras
        is_edge = day.day == 1 or (day + DAY).day == 1
        is_twice = bool(before) and (before > 0) == (last > 0)
        if not last or not (is_twice or (is_edge and last > 0)):
            return _ZERO
        return last

    def _weekday(self, index: int) -> int:
        return (self.first.weekday() + index) % WEEK


def _weekdays(plain: Sequence[Decimal], first: int) -> list[Decimal]:
    """What each weekday costs as a part of a mean day."""
    parts: list[list[Decimal]] = [[] for _ in range(WEEK)]
    end = len(plain)
    for index in range(max(0, end - MEMORY), end):
        start = max(0, min(index - WEEK // 2, end - WEEK))
        around = sum(plain[start : start + WEEK], _ZERO) / WEEK
        if around > 0:
            parts[(first + index) % WEEK].append(plain[index] / around)
    means = [_middle_mean(found) if found else _ONE for found in parts]
    whole = sum(means, _ZERO)
    return [mean * WEEK / whole for mean in means] if whole > 0 else [_ONE] * WEEK


def _middle_mean(values: Sequence[Decimal]) -> Decimal:
    """The mean without the largest and the smallest, if there are enough."""
    ordered = sorted(values)
    kept = ordered[1:-1] if len(ordered) > WEEK // 2 + 1 else ordered
    return sum(kept, _ZERO) / len(kept)


def _level(plain: Sequence[Decimal], weekdays: Sequence[Decimal]) -> Decimal:
    """What a mean day costs now: the last days weigh most."""
    weight, cost, share = _ONE, _ZERO, _ZERO
    for amount, weekday in zip(reversed(plain[-MEMORY:]), reversed(weekdays[-MEMORY:]), strict=True):
        cost += weight * amount
        share += weight * weekday
        weight *= _FADING
    return cost / share if share > 0 else cost / len(plain)


def _rise(plain: Sequence[Decimal]) -> Decimal:
    """By what part of itself a mean day rises each day: most of what the last four weeks show."""
    weeks = min(4, len(plain) // SHORTEST * 2)
    if not weeks:
        return _ZERO
    half = weeks * WEEK // 2
    now, before = sum(plain[-half:], _ZERO), sum(plain[-2 * half : -half], _ZERO)
    if now <= 0 or before <= 0:
        return _ZERO
    rise = (now / before).ln() / half * _BELIEVED
    return max(-_STEEPEST, min(_STEEPEST, rise))


def days_from(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]
