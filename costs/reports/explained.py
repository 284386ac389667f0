"""Anomalies of a bill: the jumps of its series by day, put together by what caused them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Protocol

from catalog.pricing.decimals import EXACT, exact_sum
from costs.query.dimensions import Value
from costs.query.periods import Window
from costs.reports.anomalies import Jump, detect, judged
from costs.reports.causes import Cause, Cell, Cells, Key, Part, narrowest, part, parts, within
from costs.reports.robust import ESTIMATES
from costs.reports.usual import WEEK

# Of the parts of an excess, so many are told.
PARTS = 10
# A day has at most so many causes.
_CAUSES = 5
# What explains half of a jump explains it.
_HALF = Decimal("0.5")
# A day is compared with so many of its weekday before.
_WEEKS = 4
# Jumps so many days apart may have one cause.
_NEAR = timedelta(days=2)
_ZERO = Decimal(0)
_ALL_DAYS = Window()


class Bill(Protocol):
    """The charges of one currency."""

    @property
    def dimensions(self) -> Sequence[str]:
        """What its cells are by."""

    def series(self) -> Iterator[tuple[Cause, Mapping[date, Decimal]]]:
        """What is looked at: the whole first, then values of dimensions, each with what its days cost."""

    def cells(self, days: Collection[date]) -> Mapping[Key, Decimal]:
        """What these days cost by the dimensions, which become fewer if there are too many charges."""


@dataclass(frozen=True, slots=True)
class Found:
    """A jump of a series, or a day of it that is told beside its jumps.

    Args:
        series: its values; none is the whole.
        jump: the day.
        daily: what all of its days cost.
    """

    series: Cause
    jump: Jump
    daily: Mapping[date, Decimal]

    @property
    def excess(self) -> Decimal:
        return EXACT.subtract(self.jump.actual, self.jump.expected)

    @property
    def sign(self) -> int:
        return 1 if self.excess > 0 else -1


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Neighbouring days that one cause has moved.

    Args:
        jumps: the days of the series that shows it best, all of the same one, in order.
        cause: the narrowest explanation.
        parts: of the excess; they add up to it.
    """

    jumps: Sequence[Found]
    cause: Cause
    parts: Sequence[Part] = field(default_factory=list)

    @property
    def excess(self) -> Decimal:
        return exact_sum(found.excess for found in self.jumps)

    @property
    def sign(self) -> int:
        return 1 if self.excess > 0 else -1


def anomalies(
    bill: Bill, *, floor: Decimal, start: date, whole_to: date, asked: Window = _ALL_DAYS
) -> list[Anomaly]:
    """The anomalies of a bill, in order of their first days.

    Args:
        bill: the charges.
        floor: what is less than this a day is none.
        start: earlier days are only learned from.
        whole_to: of later days, which may not be complete, only rises are told.
        asked: anomalies that have a day in it are told, with their days outside of it.
    """
    by_day: dict[tuple[date, int], list[Found]] = {}
    for series, daily in bill.series():
        for jump in detect(daily, floor=floor):
            found = Found(series, jump, daily)
            if jump.day >= start and (found.sign > 0 or jump.day <= whole_to):
                by_day.setdefault((jump.day, found.sign), []).append(found)
    near = set(_near(asked, {day for day, _ in by_day}))
    with localcontext(ESTIMATES):
        explained = [
            each for key in sorted(by_day) if key[0] in near for each in _explained(bill, by_day[key])
        ]
        joined = _joined(bill, explained, floor)
    return [each for each in joined if any(_has(asked, found.jump.day) for found in each.jumps)]


def _near(asked: Window, days: Collection[date]) -> Iterator[date]:
    """The days of a window, and those outside of it that may be of one anomaly with them."""
    runs: list[list[date]] = []
    for day in sorted(days):
        if runs and day - runs[-1][-1] <= _NEAR:
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        if any(_has(asked, day) for day in run):
            yield from run


def _has(asked: Window, day: date) -> bool:
    return (asked.start is None or asked.start <= day) and (asked.end is None or day < asked.end)


def _explained(bill: Bill, found: Sequence[Found]) -> Iterator[Anomaly]:
    """The anomalies of a day in one direction: cause after cause, until each jump has one."""
    day, sign = found[0].jump.day, found[0].sign
    whole = _cells(bill, day)
    cells = dict(whole)
    left = {id(each): each for each in found}
    gone: dict[int, Decimal] = dict.fromkeys(left, _ZERO)
    for _ in range(_CAUSES):
        if not left:
            return
        worst = max(left.values(), key=lambda each: abs(each.jump.score))
        if not worst.series.keys() <= set(bill.dimensions):
            # There are too many charges to tell what explains it.
            yield _anomaly(bill, whole, worst, worst.series)
            del left[id(worst)]
            continue
        among = within(bill.dimensions, cells, worst.series)
        if not among:
            return
        cause = narrowest(bill.dimensions, cells, among, sign)
        moved = within(bill.dimensions, cells, cause)
        because = [each for each in left.values() if each is worst or _is_because(bill, each, moved, gone)]
        yield _anomaly(bill, whole, max(because, key=lambda each: abs(each.jump.score)), cause)
        for each in left.values():
            gone[id(each)] += part(within(bill.dimensions, moved, each.series).values())
        left = {key: each for key, each in left.items() if each is not worst and not _is_gone(each, gone)}
        cells = {key: cell for key, cell in cells.items() if key not in moved}


def _is_because(bill: Bill, found: Found, moved: Cells, gone: Mapping[int, Decimal]) -> bool:
    """Whether a cause explains half of what is left of a jump."""
    rest = abs(found.excess - gone[id(found)])
    return abs(part(within(bill.dimensions, moved, found.series).values())) >= rest * _HALF


def _is_gone(found: Found, gone: Mapping[int, Decimal]) -> bool:
    return abs(found.excess - gone[id(found)]) < abs(found.excess) * _HALF


def _anomaly(bill: Bill, cells: Cells, found: Found, cause: Cause) -> Anomaly:
    if not found.series.keys() <= set(bill.dimensions):
        return Anomaly([found], cause, [Part({}, found.excess)])
    inside = within(bill.dimensions, cells, found.series)
    told = parts(bill.dimensions, inside, found.excess, found.jump.expected, PARTS)
    return Anomaly([found], cause, told)


def _cells(bill: Bill, day: date) -> Cells:
    """The charges of a day beside what they cost on the same weekday before."""
    days = [day - timedelta(days=WEEK * weeks) for weeks in range(1, _WEEKS + 1)]
    actual = bill.cells([day])
    while True:
        dimensions, before = bill.dimensions, bill.cells(days)
        if bill.dimensions == dimensions:
            break
        # Those days have too many charges for so many dimensions, by which this day was asked too.
        actual = bill.cells([day])
    return {key: Cell(actual.get(key, _ZERO), before.get(key, _ZERO) / _WEEKS) for key in {*actual, *before}}


def _joined(bill: Bill, found: Sequence[Anomaly], floor: Decimal) -> list[Anomaly]:
    """Those of neighbouring days whose causes do not contradict each other become one."""
    joined: list[Anomaly] = []
    for each in found:
        for index, other in enumerate(joined):
            if _is_one(other, each) and (one := _one(bill, other, each, floor)):
                joined[index] = one
                break
        else:
            joined.append(each)
    return joined


def _is_one(first: Anomaly, second: Anomaly) -> bool:
    gap = second.jumps[0].jump.day - first.jumps[-1].jump.day
    if first.sign != second.sign or not timedelta(0) < gap <= _NEAR:
        return False
    shared = first.cause.keys() & second.cause.keys()
    is_alike = all(first.cause[name] == second.cause[name] for name in shared)
    return is_alike and (bool(shared) or not (first.cause and second.cause))


def _one(bill: Bill, first: Anomaly, second: Anomaly, floor: Decimal) -> Anomaly | None:
    """The two as one: that of which the days of both are off by more, if they are in its direction."""
    large, small = sorted((first, second), key=lambda each: -abs(each.excess))
    ways = [_with(bill, large, small, floor), _with(bill, small, large, floor)]
    best = max(ways, key=lambda each: each.excess * first.sign)
    return best if best.excess * first.sign > 0 else None


def _with(bill: Bill, one: Anomaly, other: Anomaly, floor: Decimal) -> Anomaly:
    """An anomaly with the days of another one, as they are in its own series."""
    shown = one.jumps[0]
    added = [other]
    if other.jumps[0].series != shown.series:
        days = {each.jump.day for each in other.jumps}
        found = [replace(shown, jump=jump) for jump in judged(shown.daily, days, floor=floor)]
        added = [_anomaly(bill, _cells(bill, each.jump.day), each, one.cause) for each in found]
    jumps = sorted((jump for each in (one, *added) for jump in each.jumps), key=lambda each: each.jump.day)
    return Anomaly(jumps, one.cause, _summed([part for each in (one, *added) for part in each.parts]))


def _summed(found: Sequence[Part]) -> list[Part]:
    """The parts of several days, the largest first; the last one is what is left."""
    amounts: dict[tuple[tuple[str, Value], ...], list[Decimal]] = {}
    for one in found:
        amounts.setdefault(tuple(one.values.items()), []).append(one.amount)
    summed = [Part(dict(values), exact_sum(each)) for values, each in amounts.items()]
    told = sorted((one for one in summed if one.values), key=lambda one: -abs(one.amount))
    other = exact_sum(one.amount for one in [*told[PARTS:], *(one for one in summed if not one.values)])
    return [*told[:PARTS], Part({}, other)]
