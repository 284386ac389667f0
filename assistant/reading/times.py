"""Times in a question: "yesterday", "last 7 days", "since the 3rd", "from March to May", "Q2", "this hour"."""

from __future__ import annotations

import re
from calendar import SATURDAY
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import MAXYEAR, date, timedelta

from assistant.reading.periods import (
    DAYS,
    MONTHS,
    WEEK_DAYS,
    Time,
    a_day,
    calendar_unit,
    latest,
    moved,
    unit_of,
)
from assistant.reading.vocabulary import times
from assistant.reading.words import Word
from costs.query.periods import DAY, Window, add_months
from costs.query.question import FIRST_DAY, LAST_DAY
from live.question import MAX_MINUTES

Found = tuple[int, Time]
Rule = Callable[[int], Found | None]
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_NAMED_QUARTER = re.compile(r"([qh])([1-4])")
_YEAR = re.compile(r"(?:19|20|21)\d\d")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
# Names of months and days that are other words as well.
_OTHER_WORDS = frozenset({"may", "mar", "march", "sat", "sun", "mon", "wed"})
_BEFORE_TIMES = frozenset(
    "in of for during since until till to from between and or than versus vs with last this next on by through".split()
)
_MAX_COUNT = 1000
MINUTES = {"minute": 1, "hour": 60}


class TimeReader:
    """Reads the times of a sentence.

    Args:
        sentence: its words.
        today: the day on which it is asked.
    """

    def __init__(self, sentence: Sequence[Word], today: date) -> None:
        self._words = sentence
        self._today = today

    def at(self, start: int) -> Found | None:
        """The longest time that starts at a word, with its number of words."""
        rules: tuple[Rule, ...] = (
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

    def _single(self, start: int) -> Found | None:
        """One time, without relations between times."""
        skip = self._the(start)
        at = start + skip
        rules: tuple[Rule, ...] = (
            self._iso,
            self._named,
            self._counted,
            self._ago,
            self._unit,
            self._quarter,
            self._part_of,
            self._week_of,
            self._month_day,
            self._day_month,
            self._month,
            self._weekday,
            self._bare_day,
            self._year,
        )
        found = [(start_at[0] + skip, start_at[1]) for rule in rules if (start_at := rule(at))]
        whole = [each for rule in (self._unit, self._counted, self._named) if (each := rule(start))]
        return max([*found, *whole], key=lambda each: each[0], default=None)

    # Words and numbers

    def _lexed(self, start: int, section: str) -> tuple[int, str] | None:
        for length, meanings in times().at(self._words, start):
            for meaning in meanings:
                if meaning.section == section:
                    return length, meaning.key
        return None

    def _text(self, at: int) -> str:
        return self._words[at].text if 0 <= at < len(self._words) else ""

    def _the(self, at: int) -> int:
        return 1 if self._text(at) == "the" else 0

    def _is(self, at: int, *texts: str) -> bool:
        return self._text(at) in texts

    def _number(self, at: int) -> tuple[int, int] | None:
        text = self._text(at)
        if text.isdecimal() and 1 <= int(text) <= _MAX_COUNT:
            return 1, int(text)
        lexed = self._lexed(at, "number")
        return (lexed[0], int(lexed[1])) if lexed else None

    def _ordinal(self, at: int) -> tuple[int, int] | None:
        if match := _ORDINAL.fullmatch(self._text(at)):
            return 1, int(match[1])
        lexed = self._lexed(at, "ordinal")
        return (lexed[0], int(lexed[1])) if lexed else None

    def _day_number(self, at: int) -> tuple[int, int] | None:
        """The number of a day in a month: 3, 3rd or third."""
        text = self._text(at)
        if text.isdecimal() and len(text) <= 2:  # noqa: PLR2004 digits of a day
            return 1, int(text)
        return self._ordinal(at)

    def _year_at(self, at: int) -> tuple[int, int] | None:
        """A year with "," or "of" before it, which are gone or one word."""
        skip = 1 if self._is(at, "of", "in", ",") else 0
        return (skip + 1, int(self._text(at + skip))) if _YEAR.fullmatch(self._text(at + skip)) else None

    def _month_name(self, at: int) -> tuple[int, int] | None:
        lexed = self._lexed(at, "month")
        if lexed is None or (self._text(at) in _OTHER_WORDS and not self._is_meant(at)):
            return None
        return lexed[0], int(lexed[1])

    def _is_meant(self, at: int) -> bool:
        """Whether a name that is another word too stands where a time does."""
        following = self._text(at + 1)
        is_dated = following.isdecimal() or bool(_ORDINAL.fullmatch(following))
        return (
            self._text(at - 1) in _BEFORE_TIMES
            or is_dated
            or self._text(at - 1).isdecimal()
            or (at > 0 and self._words[at].is_capital)
        )

    # Single times

    def _iso(self, at: int) -> Found | None:
        match = _ISO.fullmatch(self._text(at))
        if not match:
            return None
        year, month, day = int(match[1]), int(match[2]), match[3]
        first = a_day(year, month, int(day or 1)) if 0 < year < MAXYEAR else None
        if first is None or not FIRST_DAY <= first < LAST_DAY:
            return None
        unit = "day" if day else "month"
        return 1, Time(unit_of(first, unit), unit=unit)

    def _named(self, at: int) -> Found | None:
        lexed = self._lexed(at, "named")
        if lexed is None:
            return None
        length, key = lexed
        day = calendar_unit(self._today, "day", 0).window
        made = {
            "today": Time(day, unit="day", live="day"),
            "yesterday": calendar_unit(self._today, "day", -1),
            "before yesterday": calendar_unit(self._today, "day", -2),
            "tomorrow": calendar_unit(self._today, "day", 1),
            "now": Time(day, live="now"),
            "ever": Time(Window()),
        }
        unit = key.partition(" to date")[0]
        return length, made.get(key) or calendar_unit(self._today, unit, 0)

    def _unit(self, at: int) -> Found | None:
        """A calendar unit: "this month", "last week", "next quarter"; "past week" is the last 7 days."""
        relation = self._lexed(at, "relation")
        if relation is None or relation[1] not in ("this", "last", "past", "next"):
            return None
        unit = self._lexed(at + relation[0], "unit")
        if unit is None:
            return self._month_said(at, relation) or self._weekday_said(at, relation)
        length, name = relation[0] + unit[0], unit[1]
        if self._text(at + relation[0]).endswith("s") and relation[1] != "this":
            return None
        if name in MINUTES:
            return length, self._live_unit(relation[1], name)
        return self._of_unit(length, relation[1], name)

    def _of_unit(self, length: int, relation: str, name: str) -> Found | None:
        if relation == "past":
            return length, self._past_one(name)
        offset = {"this": 0, "last": -1, "next": 1}[relation]
        if name == "fortnight":
            return (length, self._days_back(2 * WEEK_DAYS)) if offset < 0 else None
        if name == "weekend":
            return length, self._weekend(offset)
        return length, calendar_unit(self._today, name, offset)

    def _past_one(self, name: str) -> Time:
        """ "past week" is of days; "past month" may be the month before as well."""
        if name in DAYS:
            return self._weekend(-1) if name == "weekend" else self._days_back(DAYS[name])
        rolling = Window(moved(Window(self._today, self._today), name, -1).start, self._today)
        return replace(Time(rolling), also=(calendar_unit(self._today, name, -1),))

    def _weekend(self, offset: int) -> Time:
        """This weekend is the one that is or comes, the last one is over."""
        is_on = self._today.weekday() >= SATURDAY
        return Time(
            moved(unit_of(self._today, "weekend"), "week", offset + (0 if is_on else 1)), unit="weekend"
        )

    def _live_unit(self, relation: str, name: str) -> Time:
        if relation == "this" and name == "hour":
            return Time(unit_of(self._today, "day"), live="hour")
        return Time(unit_of(self._today, "day"), live="minutes", minutes=MINUTES[name])

    def _month_said(self, at: int, relation: tuple[int, str]) -> Found | None:
        """ "last October" and "this October" are the latest one."""
        month = self._lexed(at + relation[0], "month")
        if month is None or relation[1] not in ("last", "this", "past"):
            return None
        return relation[0] + month[0], self._of_month(int(month[1]))

    def _weekday_said(self, at: int, relation: tuple[int, str]) -> Found | None:
        day = self._lexed(at + relation[0], "weekday")
        if day is None or relation[1] not in ("last", "past"):
            return None
        return relation[0] + day[0], self._of_weekday(int(day[1]))

    def _counted(self, at: int) -> Found | None:
        """ "last 7 days", "the past three months"; whole months before this one."""
        relation = self._lexed(at, "relation")
        if relation is None or relation[1] not in ("last", "past"):
            return None
        number = self._number(at + relation[0])
        if number is None:
            return None
        unit = self._lexed(at + relation[0] + number[0], "unit")
        if unit is None:
            return None
        return self._span(relation[0] + number[0] + unit[0], number[1], unit[1])

    def _span(self, length: int, count: int, unit: str) -> Found | None:
        if unit in MINUTES:
            minutes = count * MINUTES[unit]
            return length, Time(unit_of(self._today, "day"), live="minutes", minutes=minutes)
        if unit in MONTHS:
            end = unit_of(self._today, unit).start
            start = end and add_months(end, -count * MONTHS[unit])
            return (length, Time(Window(start, end))) if start and start >= FIRST_DAY else None
        return length, self._days_back(count * DAYS[unit])

    def _days_back(self, count: int) -> Time:
        return Time(Window(self._today - timedelta(days=count), self._today))

    def _ago(self, at: int) -> Found | None:
        """ "3 days ago", "two months ago": the day, or the calendar unit."""
        number = self._number(at)
        unit = self._lexed(at + number[0], "unit") if number else None
        if number is None or unit is None or unit[1] in (*MINUTES, "fortnight", "weekend"):
            return None
        length = number[0] + unit[0]
        if not self._is(at + length, "ago", "back"):
            return None
        return length + 1, calendar_unit(self._today, unit[1], -number[1])

    def _quarter(self, at: int) -> Found | None:
        """ "Q2", "H1 2026", "second quarter of 2026"."""
        if match := _NAMED_QUARTER.fullmatch(self._text(at)):
            unit, number, length = {"q": "quarter", "h": "half"}[match[1]], int(match[2]), 1
        else:
            ordinal = self._ordinal(at)
            lexed = self._lexed(at + ordinal[0], "unit") if ordinal else None
            if ordinal is None or lexed is None or lexed[1] not in ("quarter", "half"):
                return None
            unit, number, length = lexed[1], ordinal[1], ordinal[0] + lexed[0]
            if unit == "half" and self._is(at + length, "of") and not self._of_a_year(at + length):
                return None
        if number > MONTHS["year"] // MONTHS[unit]:
            return None
        return self._nth(at, length, unit, number)

    def _nth(self, at: int, length: int, unit: str, number: int) -> Found | None:
        """The nth quarter or half of a year, or of this one."""
        month = (number - 1) * MONTHS[unit] + 1
        if skip := self._of_a_year(at + length):
            return length + skip[0], Time(unit_of(date(skip[1], month, 1), unit), unit=unit)
        first = latest(self._today, lambda year: date(year, month, 1))
        return (length, Time(unit_of(first, unit), unit=unit)) if first else None

    def _of_a_year(self, at: int) -> tuple[int, int] | None:
        if found := self._year_at(at):
            return found
        words = [self._text(each) for each in range(at, at + 3)]
        if words[0] == "of" and words[1] in ("the", "this") and words[2] == "year":
            return 3, self._today.year
        return None

    def _part_of(self, at: int) -> Found | None:
        """ "first week of October", "last 3 days of last month", "first half of October"."""
        is_first, is_last = self._is(at, "first"), self._is(at, "last")
        number = self._number(at + 1)
        length = 1 + (number[0] if number else 0)
        unit = self._lexed(at + length, "unit")
        if not (is_first or is_last) or unit is None or not self._is(at + length + unit[0], "of"):
            return None
        whole = self._single(at + length + unit[0] + 1)
        if whole is None or not (whole[1].window.start and whole[1].window.end) or whole[1].live:
            return None
        window = self._cut(whole[1], number[1] if number else 1, unit[1], is_first=is_first)
        return (length + unit[0] + 1 + whole[0], Time(window)) if window else None

    def _cut(self, whole: Time, count: int, unit: str, *, is_first: bool) -> Window | None:
        start, end = whole.window.start, whole.window.end
        if not (start and end) or unit not in ("day", "week", "half", "month"):
            return None
        if unit == "half":
            middle = start + timedelta(days=15) if whole.unit == "month" else None
            if middle is None:
                return None
            return Window(start, middle) if is_first else Window(middle, end)
        cut = (
            moved(Window(start, start), unit, count).start
            if is_first
            else moved(Window(end, end), unit, -count).start
        )
        if cut is None or not start < cut < end:
            return None
        return Window(start, cut) if is_first else Window(cut, end)

    def _week_of(self, at: int) -> Found | None:
        """ "week of 9 November", "week starting 2026-11-09", "week 45"."""
        if not self._is(at, "week"):
            return None
        following = self._text(at + 1)
        if following.isdecimal() and 1 <= int(following) <= 53:  # noqa: PLR2004 weeks of a year
            first = latest(self._today, lambda year: _iso_week(year, int(following)))
            return (2, Time(unit_of(first, "week"), unit="week")) if first else None
        if following not in ("of", "starting", "beginning", "from"):
            return None
        day = self._single(at + 2)
        if day is None or day[1].unit != "day" or day[1].window.start is None:
            return None
        return 2 + day[0], Time(unit_of(day[1].window.start, "week"), unit="week")

    def _month_day(self, at: int) -> Found | None:
        """ "October 3rd, 2026", "Oct 3"; "Oct 3-10" has two days."""
        month = self._month_name(at)
        day = self._day_number(at + month[0]) if month else None
        if month is None or day is None:
            return None
        return self._dated(at, month[0] + day[0], month[1], day[1])

    def _day_month(self, at: int) -> Found | None:
        """ "3 October", "the 3rd of October 2026"."""
        day = self._day_number(at)
        if day is None:
            return None
        skip = 1 if self._is(at + day[0], "of") else 0
        month = self._lexed(at + day[0] + skip, "month")
        if month is None:
            return None
        return self._dated(at, day[0] + skip + month[0], int(month[1]), day[1])

    def _dated(self, at: int, length: int, month: int, day: int) -> Found | None:
        if year := self._year_at(at + length):
            found, length = a_day(year[1], month, day), length + year[0]
        else:
            found = latest(self._today, lambda each: a_day(each, month, day))
        return (length, Time(unit_of(found, "day"), unit="day")) if found else None

    def _month(self, at: int) -> Found | None:
        month = self._month_name(at)
        if month is None:
            return None
        if year := self._year_at(at + month[0]):
            first = date(year[1], month[1], 1)
            return month[0] + year[0], Time(unit_of(first, "month"), unit="month")
        return month[0], self._of_month(month[1])

    def _of_month(self, month: int) -> Time:
        first = latest(self._today, lambda year: date(year, month, 1))
        return Time(unit_of(first or self._today, "month"), unit="month")

    def _weekday(self, at: int) -> Found | None:
        lexed = self._lexed(at, "weekday")
        if lexed is None or (self._text(at) in _OTHER_WORDS and not self._is_meant(at)):
            return None
        # "Mondays" are many.
        return None if self._text(at).endswith("ys") else (lexed[0], self._of_weekday(int(lexed[1])))

    def _of_weekday(self, weekday: int) -> Time:
        back = (self._today.weekday() - weekday - 1) % WEEK_DAYS + 1
        return calendar_unit(self._today, "day", -back)

    def _bare_day(self, at: int) -> Found | None:
        """ "the 3rd": the latest one."""
        match = _ORDINAL.fullmatch(self._text(at))
        if not match or self._lexed(at + 1, "unit"):
            return None
        months = (add_months(self._today.replace(day=1), -back) for back in range(13))
        days = (a_day(month.year, month.month, int(match[1])) for month in months)
        found = next((day for day in days if day and day <= self._today), None)
        return (1, Time(unit_of(found, "day"), unit="day")) if found else None

    def _year(self, at: int) -> Found | None:
        text = self._text(at)
        if not _YEAR.fullmatch(text) or not FIRST_DAY.year <= int(text) < LAST_DAY.year:
            return None
        return 1, Time(unit_of(date(int(text), 1, 1), "year"), unit="year")

    # Relations between times

    def _range(self, start: int) -> Found | None:
        """ "from A to B", "A until B", "3 to 10 November", "Nov 3 to 10"."""
        at = start + (1 if self._is(start, "from") else 0)
        first = self._single(at) or self._number_before_month(at)
        if first is None or not first[1].window.start or first[1].live:
            return None
        to = at + first[0]
        links = (
            ("to", "until", "till", "through", "thru")
            if at == start
            else ("to", "until", "till", "through", "thru", "and")
        )
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
        window = Window(first.window.start, second[1].window.end)
        return at - start + second[0], Time(window, parts=(first, replace(second[1], live="")))

    def _number_before_month(self, at: int) -> Found | None:
        """The first day of "3 to 10 November", of the month that follows."""
        day = self._day_number(at)
        if day is None or not self._is(at + day[0], "to", "until", "and", "through"):
            return None
        last = self._day_month(at + day[0] + 1)
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
        """ "since the 3rd", "since the start of October", "after Friday"."""
        relation = self._lexed(start, "relation")
        if relation is None or relation[1] not in ("since", "after"):
            return None
        at = start + relation[0]
        found = self._single(at + self._start_of(at))
        if found is None or not (found[1].window.start and found[1].window.end):
            return None
        length = relation[0] + self._start_of(at) + found[0]
        begins = found[1].window.start if relation[1] == "since" else found[1].window.end
        ends = self._today + DAY
        if self._text(start) == "from" or begins >= ends:
            return None
        return length, Time(Window(begins, ends))

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
        """ "by the end of the month", "month end", "year end": a period of which the end is meant."""
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

    def _before(self, start: int) -> Found | None:
        """ "the week before", "month over month": relative to another time."""
        lexed = self._lexed(start, "before")
        return (lexed[0], Time(before=lexed[1])) if lexed else None


def _iso_week(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None


def relative(window: Window, unit: str) -> Window:
    """The window that "the week before" is, seen from another."""
    if unit == "period":
        return window.before()
    return moved(window, unit, -1)


def is_too_long(minutes: int) -> bool:
    """Whether live usage does not go back so far."""
    return minutes > MAX_MINUTES


def phrases() -> Iterator[str]:
    """The words that times consist of, for the correction of spelling."""
    yield from times().words
