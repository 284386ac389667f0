"""Single times: "yesterday", "last 7 days", "this hour", "first week of October"."""

from __future__ import annotations

from calendar import SATURDAY
from dataclasses import replace
from datetime import date, timedelta

from assistant.reading.dates import Dates
from assistant.reading.periods import DAYS, MONTHS, WEEK_DAYS, Time, calendar_unit, latest, moved, unit_of
from assistant.reading.time_words import MINUTES, Found, Rule
from costs.query.periods import Window, add_months
from costs.query.question import FIRST_DAY

HOURS = 24


class SingleTimes(Dates):
    """Reads times that stand alone."""

    def _single(self, start: int) -> Found | None:
        """One time, without relations between times."""
        skip = self._the(start)
        at = start + skip
        rules: tuple[Rule, ...] = (
            self._iso,
            self._slashed,
            self._dotted,
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
            "week before last": calendar_unit(self._today, "week", -2),
            "month before last": calendar_unit(self._today, "month", -2),
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
        """As in "past week" is of days; "past month" may be the month before as well."""
        if name in DAYS:
            return self._weekend(-1) if name == "weekend" else self._days_back(DAYS[name])
        rolling = Window(moved(Window(self._today, self._today), name, -1).start, self._today)
        return replace(Time(rolling), also=(calendar_unit(self._today, name, -1),))

    def _weekend(self, offset: int) -> Time:
        """The weekend that is "this" is the one that is or comes, the last one is over."""
        is_on = self._today.weekday() >= SATURDAY
        return Time(
            moved(unit_of(self._today, "weekend"), "week", offset + (0 if is_on else 1)), unit="weekend"
        )

    def _live_unit(self, relation: str, name: str) -> Time:
        if relation == "this" and name == "hour":
            return Time(unit_of(self._today, "day"), live="hour")
        return Time(unit_of(self._today, "day"), live="minutes", minutes=MINUTES[name])

    def _month_said(self, at: int, relation: tuple[int, str]) -> Found | None:
        """As in "last October" and "this October" are the latest one."""
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
        """As in "last 7 days", "the past three months"; whole months before this one."""
        relation = self._lexed(at, "relation")
        if relation is None or relation[1] not in ("last", "past"):
            return None
        number = self._number(at + relation[0])
        if number is None:
            return None
        unit = self._lexed(at + relation[0] + number[0], "unit")
        is_plural = unit is not None and self._text(at + relation[0] + number[0] + unit[0] - 1).endswith("s")
        if unit is None or (number[1] > 1 and not is_plural):
            return None
        return self._span(relation[0] + number[0] + unit[0], number[1], unit[1])

    def _span(self, length: int, count: int, unit: str) -> Found | None:
        if unit in MINUTES:
            minutes = count * MINUTES[unit]
            if unit == "hour" and count > 1 and count % HOURS == 0:
                days = count // HOURS
                told = f"Bills have no hours: {count} hours are taken as the {days} days before today."
                return length, replace(self._days_back(days), told=told)
            return length, Time(unit_of(self._today, "day"), live="minutes", minutes=minutes)
        if unit in MONTHS:
            end = unit_of(self._today, unit).start
            start = end and add_months(end, -count * MONTHS[unit])
            return (length, Time(Window(start, end))) if start and start >= FIRST_DAY else None
        return length, self._days_back(count * DAYS[unit])

    def _days_back(self, count: int) -> Time:
        return Time(Window(self._today - timedelta(days=count), self._today))

    def _ago(self, at: int) -> Found | None:
        """As in "3 days ago", "two months ago": the day, or the calendar unit."""
        number = self._number(at)
        unit = self._lexed(at + number[0], "unit") if number else None
        if number is None or unit is None or unit[1] in (*MINUTES, "fortnight", "weekend", "year"):
            return None
        length = number[0] + unit[0]
        if not self._is(at + length, "ago", "back"):
            return None
        return length + 1, calendar_unit(self._today, unit[1], -number[1])

    def _part_of(self, at: int) -> Found | None:
        """As in "first week of October", "last 3 days of last month", "third week of October"."""
        if self._is(at, "second") and self._is(at + 1, "half"):
            whole = self._of_whole(at + 2)
            window = self._cut(whole[1], 1, "half", is_first=False) if whole else None
            return (2 + whole[0], Time(window)) if whole and window else None
        if not self._is(at, "first", "last"):
            return self._nth_week_of(at)
        number = self._number(at + 1)
        length = 1 + (number[0] if number else 0)
        unit = self._lexed(at + length, "unit")
        whole = self._of_whole(at + length + unit[0]) if unit else None
        if unit is None or whole is None:
            return None
        window = self._cut(whole[1], number[1] if number else 1, unit[1], is_first=self._is(at, "first"))
        return (length + unit[0] + whole[0], Time(window)) if window else None

    def _of_whole(self, at: int) -> Found | None:
        """The time after "of"."""
        whole = self._single(at + 1) if self._is(at, "of") else None
        if whole is None or not (whole[1].window.start and whole[1].window.end) or whole[1].live:
            return None
        return whole[0] + 1, whole[1]

    def _nth_week_of(self, at: int) -> Found | None:
        """The seven days that are so far into a month, as far as it goes."""
        ordinal = self._ordinal(at)
        whole = self._of_whole(at + ordinal[0] + 1) if ordinal and self._is(at + ordinal[0], "week") else None
        if ordinal is None or whole is None or whole[1].unit != "month":
            return None
        start, end = whole[1].window.start, whole[1].window.end
        begins = start and start + timedelta(days=WEEK_DAYS * (ordinal[1] - 1))
        if not (begins and end) or begins >= end:
            return None
        window = Window(begins, min(end, begins + timedelta(days=WEEK_DAYS)))
        return ordinal[0] + 1 + whole[0], Time(window)

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
        """As in "week of 9 November", "week starting 2026-11-09", "week 45"."""
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


def _iso_week(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
