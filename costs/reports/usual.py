"""What each day of a series was expected to cost, from the days before it alone: weekday, level and drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from costs.reports.judged_day import Day, every_day
from costs.reports.robust import from_log, median, spread, to_log
from costs.reports.same_days import same_days

WEEK = 7
# A weekday has to be seen twice before anything can be said of it.
SHORTEST = 2 * WEEK
# How far back weekdays, drift and deviations are learned.
MEMORY = 8 * WEEK
# So many days in a row off the level in one direction are a new level.
NEW_LEVEL = 3
# So long after a new level the old one is no surprise.
REMEMBERED = 2 * WEEK
# How many usual deviations are unusual, and how much more if few days are known.
UNUSUAL = Decimal("4.5")
OF_FEW = Decimal(4)
# Deviations on the log scale are at least this: no bill stays as regular as it was.
LEAST_SPREAD = Decimal("0.03")
MONTHS = 2
# The part of what is unusual that a monthly charge is recognised by.
SEEN = Decimal("0.4")
# The part of it that is unusual if three days in a row have it.
TOGETHER = Decimal("0.5")
_ZERO = Decimal(0)
# So many weeks outvote one odd day.
_ENOUGH = 3
_HALF_WEEK = WEEK // 2


@dataclass(frozen=True, slots=True)
class _Old:
    """The level before a new one: where it began, how long it is remembered, what the new one adds."""

    level: Decimal
    since: int
    until: int
    step: Decimal


class Walk:
    """A walk through a series, day by day. No day is judged by what came later.

    Args:
        daily: what each day cost; days between that are missing cost nothing.
        floor: what is less than this in money is no jump.
    """

    def __init__(self, daily: Mapping[date, Decimal], floor: Decimal) -> None:
        self.floor = floor
        self.days = [Day(day, amount, to_log(amount, floor)) for day, amount in every_day(daily)]
        self._first = self.days[0].day if self.days else date.min
        self._weekdays = [_ZERO] * WEEK
        # The days that show the level, and where the level begins.
        self._usual: list[int] = []
        self._since = 0
        self._residuals: list[Decimal] = []
        # Jumps in a row, the last one yesterday; and the level before a new one, until when it is remembered.
        self._run: list[int] = []
        self._old: _Old | None = None
        self._extras: dict[tuple[int, int], Decimal] = {}
        self._wide = _ZERO
        for index in range(len(self.days)):
            self._take(index)

    def _take(self, index: int) -> None:
        if index < SHORTEST:
            self._usual.append(index)
            return
        if index % WEEK == 0:
            self._learn(index)
        self._judge(index)

    def _learn(self, index: int) -> None:
        """The weekdays, as they differ from the weeks around them."""
        # A new level has weekdays of its own, once it is old enough to show them.
        first = self._since if index - self._since >= SHORTEST else 0
        known = [each for each in self._usual if each >= max(first, index - MEMORY)]
        around = {each: self._around(each, index) for each in known}
        by_weekday: list[list[Decimal]] = [[] for _ in range(WEEK)]
        for each in known:
            by_weekday[self._weekday(each)].append(self.days[each].log - around[each])
        self._weekdays = [_usual_part(found) for found in by_weekday]
        if not self._residuals:
            self._residuals = [
                self.days[each].log - around[each] - self._weekdays[self._weekday(each)] for each in known
            ]

    def _around(self, index: int, end: int) -> Decimal:
        """The middle of the seven days around one, each weekday once."""
        first = max(0, min(index - _HALF_WEEK, end - WEEK))
        return median([day.log for day in self.days[first : first + WEEK]])

    def _judge(self, index: int) -> None:
        day = self.days[index]
        level = self._level(index)
        day.usual = log = level + self._weekdays[self._weekday(index)]
        self._wide = day.width = width = self._width()
        day.monthly = self._monthly(index, log)
        residual = self._residual(day, log)
        day.score = residual / width * UNUSUAL
        is_odd = (abs(residual) > width or self._is_together(residual)) and not self._is_day_off(day)
        if is_odd and not self._is_returning(index, width) and not self._is_added(index, width):
            self.expect(day)
            day.is_jump = abs(day.actual - day.expected) >= self.floor
        if day.is_jump:
            self._jump(index, level)
        elif is_odd and self._is_returning(index, width):
            self._return(index)
        else:
            self._run = []
            if not day.monthly:
                self._usual.append(index)
        if not day.monthly:
            self._residuals.append(residual)

    def _is_day_off(self, day: Day) -> bool:
        """Whether it costs no less than the least of the last weeks, as a holiday costs what Sundays do."""
        last = [self.days[each].log for each in self._usual[-MEMORY // 2 :]]
        return day.score < 0 and not day.monthly and day.log >= min(last)

    def _residual(self, day: Day, log: Decimal) -> Decimal:
        """By how much a day differs from what is expected, on the log scale."""
        if not day.monthly:
            return day.log - log
        return day.log - to_log(from_log(log, self.floor) + day.monthly, self.floor)

    def expect(self, day: Day) -> None:
        """Say in money what was expected of a day, which is not one of the first two weeks."""
        logs = (day.usual, day.usual - day.width, day.usual + day.width)
        day.expected, day.low, day.high = (from_log(each, self.floor) + day.monthly for each in logs)

    def _is_together(self, residual: Decimal) -> bool:
        """Whether three days in a row are so far off in one direction that together they are unusual."""
        last = [residual, *self._residuals[-NEW_LEVEL + 1 :]]
        least = self._wide * TOGETHER
        return all(each > least for each in last) or all(each < -least for each in last)

    def _level(self, index: int) -> Decimal:
        """Today's level: the middle of the last week's, moved on by the drift."""
        last = [each for each in self._usual[-WEEK:] if each >= self._since]
        plain = [self.days[each].log - self._weekdays[self._weekday(each)] for each in last]
        age = Decimal(sum(index - each for each in last)) / len(last)
        return median(plain) + self._drift() * age

    def _drift(self) -> Decimal:
        """What the log scale rises a day: the middle of what weekdays rose in a week."""
        usual = {each for each in self._usual[-3 * WEEK :] if each >= self._since}
        rises = [self.days[each].log - self.days[each - WEEK].log for each in usual if each - WEEK in usual]
        return median(rises) / WEEK if len(rises) >= WEEK else _ZERO

    def _width(self) -> Decimal:
        """The most that is usual on the log scale."""
        known = self._residuals[-MEMORY:]
        return max(spread(known), LEAST_SPREAD) * (UNUSUAL + UNUSUAL * OF_FEW / len(known))

    def _monthly(self, index: int, log: Decimal) -> Decimal:
        """What this day costs beside its neighbours if it is like the same day of earlier months.

        One month before shows that it may be so, two show that it is; the amount is that of the nearer.
        """
        seen: list[Decimal] = []
        for days in same_days(self.days[index].day, MONTHS):
            extras = [self.beside((day - self._first).days, index) for day in days]
            seen.append(max(extras, key=abs, default=_ZERO))
        extras = [extra for extra in seen if extra]
        if not extras or not seen[0]:
            return _ZERO
        beside = self.days[index].actual - from_log(log, self.floor)
        is_sure = len(extras) > 1 and len({extra > 0 for extra in extras}) == 1
        return min(extras if is_sure else [*extras, _ZERO], key=lambda extra: abs(beside - extra))

    def beside(self, index: int, end: int) -> Decimal:
        """What a day cost beside its neighbours, if that is much; seen from the first `end` days."""
        if not 0 <= index < end:
            return _ZERO
        # Before all of its neighbours are known, it may look otherwise.
        key = index, min(end, index + WEEK + 1)
        if key not in self._extras:
            self._extras[key] = self._extra(*key)
        return self._extras[key]

    def _extra(self, index: int, end: int) -> Decimal:
        near = [each for each in range(max(0, index - WEEK), end) if each != index]
        if not near:
            return _ZERO
        plain = [self.days[each].log - self._weekdays[self._weekday(each)] for each in near]
        log = median(plain) + self._weekdays[self._weekday(index)]
        extra = self.days[index].actual - from_log(log, self.floor)
        is_much = abs(self.days[index].log - log) > self._wide * SEEN and abs(extra) >= self.floor * SEEN
        return extra if is_much else _ZERO

    def _jump(self, index: int, level: Decimal) -> None:
        is_same_way = bool(self._run) and (self.days[self._run[-1]].score > 0) == (self.days[index].score > 0)
        self._run = [*self._run, index] if is_same_way else [index]
        if len(self._run) >= NEW_LEVEL:
            self._settle(index, level)

    def _settle(self, index: int, level: Decimal) -> None:
        """Take the run for the beginning of a new level."""
        run = [self.days[each] for each in self._run]
        self._old = _Old(
            level, self._since, index + REMEMBERED, median([day.actual - day.expected for day in run])
        )
        for day in run:
            day.known_at = index
        self._usual.extend(self._run)
        self._since, self._run = self._run[0], []

    def _is_returning(self, index: int, width: Decimal) -> bool:
        """Whether the level before a new one is back soon after."""
        if self._old is None or index > self._old.until:
            return False
        log = self._old.level + self._weekdays[self._weekday(index)]
        return abs(self.days[index].log - log) <= width

    def _is_added(self, index: int, width: Decimal) -> bool:
        """Whether a new level is as much more than the old one each day, rather than a multiple of it."""
        if self._old is None or index > self._old.until:
            return False
        log = self._old.level + self._weekdays[self._weekday(index)]
        added = to_log(from_log(log, self.floor) + self._old.step, self.floor)
        return abs(self.days[index].log - added) <= width

    def _return(self, index: int) -> None:
        if self._old is None:
            return
        self._usual = [*(each for each in self._usual if each < self._since), index]
        self._since, self._old, self._run = self._old.since, None, []

    def _weekday(self, index: int) -> int:
        return (self._first.weekday() + index) % WEEK


def _usual_part(found: Sequence[Decimal]) -> Decimal:
    """How a weekday differs from its weeks; of two weeks, as in the one in which it differs less."""
    if len(found) < _ENOUGH:
        return min(found, key=abs, default=_ZERO)
    return median(found)
