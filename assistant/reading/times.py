"""Times in a question, and their relations: "since the 3rd", "from March to May", "the week before"."""

from __future__ import annotations

from dataclasses import replace

from assistant.reading.periods import DAYS, MONTHS, Time, a_day, calendar_unit, moved, unit_of
from assistant.reading.single_times import SingleTimes
from assistant.reading.time_words import Found, Rule
from costs.query.periods import DAY, Window
from live.question import MAX_MINUTES

_WITH_DAYS = ("week", "month", "quarter", "year")
_UNTIL = ("to", "until", "till", "through", "thru")


class TimeReader(SingleTimes):
    """Reads the times of a sentence."""

    def at(self, start: int) -> Found | None:
        """The longest time that starts at a word, with its number of words."""
        rules: tuple[Rule, ...] = (
            self._same,
            self._range,
            self._between,
            self._since,
            self._until,
            self._end_of,
            self._before,
            self._single,
        )
        found = [each for rule in rules if (each := rule(start))]
        return max(found, key=lambda each: each[0], default=None)

    def _range(self, start: int) -> Found | None:
        """As in "from A to B", "A until B", "3 to 10 November", "Nov 3 to 10"."""
        at = start + (1 if self._is(start, "from") else 0)
        first = self._single(at) or self._number_before_month(at)
        if first is None or not first[1].window.start or first[1].live:
            return None
        to = at + first[0]
        if until_now := self._until_now(to):
            return self._begun(to - start + until_now, first[1])
        links = (
            ("to", "until", "till", "through", "thru")
            if at == start
            else ("to", "until", "till", "through", "thru", "and")
        )
        if self._glue(to) == "-" and self._day_month(to):
            return self._joined(start, to, first[1], self._day_month(to))
        if not self._is(to, *links):
            return self._days_of_month(start, at, first)
        second = self._single(to + 1) or self._day_of_same_month(to + 1, first[1])
        return self._joined(start, to + 1, first[1], second)

    def _days_of_month(self, start: int, at: int, first: Found) -> Found | None:
        """The second day of "Nov 3-10", whose sign is gone."""
        if self._month_day(at) != first:
            return None
        second = self._day_of_same_month(at + first[0], first[1])
        return self._joined(start, at + first[0], first[1], second)

    def _joined(self, start: int, at: int, first: Time, second: Found | None) -> Found | None:
        if second is None or not (first.window.start and second[1].window.end) or second[1].live == "now":
            return None
        if first.window.start >= second[1].window.end:
            return None
        parts = (first, replace(second[1], live=""))
        window = Window(first.window.start, second[1].window.end)
        return at - start + second[0], Time(window, parts=parts, also=_also(first, second[1]))

    def _until_now(self, at: int) -> int:
        """How many words say that a time goes on until today: "so far", "to date", "till now"."""
        lexed = self._lexed(at, "until now")
        return lexed[0] if lexed else 0

    def _begun(self, length: int, first: Time) -> Found | None:
        """A time that goes on until today, of the unit that began it if that is not over."""
        start, end = first.window.start, first.window.end
        if not (start and end) or start > self._today or first.also:
            return None
        is_running = end > self._today
        window = Window(start, self._today + DAY)
        return length, Time(window, unit=first.unit if is_running else "", is_running=is_running)

    def _number_before_month(self, at: int) -> Found | None:
        """The first day of "3 to 10 November", of the month that follows."""
        day = self._day_number(at)
        is_glued = day is not None and self._glue(at + day[0]) == "-"
        if day is None or not (is_glued or self._is(at + day[0], *_UNTIL, "and")):
            return None
        last = self._day_month(at + day[0] + (0 if is_glued else 1))
        if last is None or last[1].window.start is None:
            return None
        of_month = last[1].window.start
        found = a_day(of_month.year, of_month.month, day[1])
        return (day[0], Time(unit_of(found, "day"), unit="day")) if found else None

    def _day_of_same_month(self, at: int, first: Time) -> Found | None:
        skip = self._the(at)
        day = self._day_number(at + skip)
        begins = first.window.start
        if day is None or begins is None or first.unit != "day" or self._lexed(at + skip + day[0], "unit"):
            return None
        found = a_day(begins.year, begins.month, day[1])
        return (skip + day[0], Time(unit_of(found, "day"), unit="day")) if found else None

    def _between(self, start: int) -> Found | None:
        if not self._is(start, "between"):
            return None
        first = self._single(start + 1) or self._number_before_month(start + 1)
        if first is None or not self._is(start + 1 + first[0], "and"):
            return None
        at = start + 2 + first[0]
        return self._joined(start, at, first[1], self._single(at) or self._day_of_same_month(at, first[1]))

    def _since(self, start: int) -> Found | None:
        """As in "since the 3rd", "since the start of October", "after Friday"."""
        relation = self._lexed(start, "relation")
        if relation is None or relation[1] not in ("since", "after"):
            return None
        at = start + relation[0]
        found = self._single(at + self._start_of(at)) or self._unit_begun(at)
        if found is None or not (found[1].window.start and found[1].window.end):
            return None
        length = relation[0] + self._start_of(at) + found[0]
        begins = found[1].window.start if relation[1] == "since" else found[1].window.end
        ends = self._today + DAY
        if self._text(start) == "from" or begins >= ends:
            return None
        return length, Time(Window(begins, ends))

    def _unit_begun(self, at: int) -> Found | None:
        """The unit of "the beginning of the month", which is this one."""
        start = at + self._start_of(at)
        skip = self._the(start)
        if not self._start_of(at) or not self._is(start + skip, "week", "month", "quarter", "year"):
            return None
        return skip + 1, calendar_unit(self._today, self._text(start + skip), 0)

    def _start_of(self, at: int) -> int:
        """The words of "the start of"."""
        skip = self._the(at)
        is_start = self._is(at + skip, "start", "beginning") and self._is(at + skip + 1, "of")
        return skip + 2 if is_start else 0

    def _until(self, start: int) -> Found | None:
        relation = self._lexed(start, "relation")
        if relation is None or relation[1] not in ("until", "before"):
            return None
        found = self._single(start + relation[0])
        if found is None or not (found[1].window.start and found[1].window.end):
            return None
        ends = found[1].window.end if relation[1] == "until" else found[1].window.start
        return relation[0] + found[0], Time(Window(None, ends))

    def _end_of(self, start: int) -> Found | None:
        """As in "by the end of the month", "month end", "year end": a period of which the end is meant."""
        found = self._end(start)
        is_until = self._is(start, "until", "till", "through")
        return (found[0], replace(found[1], is_until=is_until)) if found else None

    def _end(self, start: int) -> Found | None:
        at = start + (1 if self._is(start, "by", "at", "until", "till", "through", "for") else 0)
        at += self._the(at)
        if self._is(at, "month", "quarter", "year", "week") and self._is(at + 1, "end", "ends"):
            return at + 2 - start, self._whole(self._text(at))
        if self._is(at, "eom"):
            return at + 1 - start, self._whole("month")
        if not (self._is(at, "end") and self._is(at + 1, "of")):
            return None
        return self._end_of_unit(start, at + 2)

    def _end_of_unit(self, start: int, at: int) -> Found | None:
        skip = self._the(at) or (1 if self._is(at, "this") else 0)
        if self._is(at + skip, "month", "quarter", "year", "week"):
            return at + skip + 1 - start, self._whole(self._text(at + skip))
        found = self._unit(at) or self._month(at)
        return (at + found[0] - start, replace(found[1], is_end=True)) if found else None

    def _whole(self, unit: str) -> Time:
        return Time(unit_of(self._today, unit), unit=unit, is_end=True)

    def _same(self, start: int) -> Found | None:
        """As in "the same days of last month": as far into that unit as the other time is into its own."""
        lexed = self._lexed(start, "same")
        if lexed is None:
            return self._of_same_days(start)
        at = start + lexed[0]
        at += 1 if self._is(at, "of", "in", "from", "for", "as") else 0
        found = self._single(at)
        if found is None or found[1].unit not in _WITH_DAYS:
            return None
        return at - start + found[0], Time(found[1].window, unit=found[1].unit, before="same")

    def _of_same_days(self, start: int) -> Found | None:
        """As in "October, same days"."""
        found = self._single(start)
        if found is None or found[1].unit not in _WITH_DAYS:
            return None
        at = start + found[0]
        lexed = self._lexed(at, "same")
        if lexed is None or self._single(at + lexed[0]):
            return None
        return found[0] + lexed[0], Time(found[1].window, unit=found[1].unit, before="same")

    def _before(self, start: int) -> Found | None:
        """As in "the week before", "month over month": relative to another time."""
        lexed = self._lexed(start, "before")
        return (lexed[0], Time(before=lexed[1])) if lexed else self._units_before(start)

    def _units_before(self, start: int) -> Found | None:
        """As in "the 30 days before that"."""
        at = start + self._the(start)
        number = self._number(at)
        unit = self._lexed(at + number[0], "unit") if number else None
        if number is None or unit is None or unit[1] not in ("day", "week", "month", "quarter", "year"):
            return None
        at += number[0] + unit[0]
        if not self._is(at, "before", "prior", "earlier", "preceding"):
            return None
        length = at + 1 - start + (1 if self._is(at + 1, "that", "those", "it", "then") else 0)
        return length, Time(before=f"{number[1]} {unit[1]}")


def _also(first: Time, second: Time) -> tuple[Time, ...]:
    """The other windows of a range whose ends may each be two days, read in the same way."""
    if not (first.also and second.also):
        return ()
    start, end = first.also[0].window.start, second.also[0].window.end
    return (Time(Window(start, end)),) if start and end and start < end else ()


def same_days(window: Window, said: Time) -> Window | None:
    """The window that is as far into a unit as another is into its own; None if that is the same one."""
    start = said.window.start
    if window.start is None or start is None:
        return None
    own = unit_of(window.start, said.unit).start or window.start
    if said.unit == "week":
        count = (own - start).days // DAYS["week"]
    else:
        count = ((own.year - start.year) * MONTHS["year"] + own.month - start.month) // MONTHS[said.unit]
    return moved(window, said.unit, -count) if count else None


def relative(window: Window, unit: str) -> Window:
    """The window that "the week before" is, seen from another."""
    if unit == "period":
        return window.before()
    count, _, counted = unit.partition(" ")
    if counted:
        return Window(moved(Window(window.start), counted, -int(count)).start, window.start)
    return moved(window, unit, -1)


def is_too_long(minutes: int) -> bool:
    """Whether live usage does not go back so far."""
    return minutes > MAX_MINUTES
