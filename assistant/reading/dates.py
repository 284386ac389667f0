"""Dates of the calendar: "3 October", "2026-10", "Q2", "Friday"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import MAXYEAR, date

from assistant.reading.periods import MONTHS, WEEK_DAYS, Time, a_day, calendar_unit, latest, unit_of
from assistant.reading.time_words import ORDINAL, OTHER_WORDS, YEAR, Found, TimeWords
from costs.query.periods import add_months
from costs.query.question import FIRST_DAY, LAST_DAY

_NAMED_QUARTER = re.compile(r"([qh])([1-4])")
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?")
_CENTURY = 2000


class Dates(TimeWords):
    """Reads dates. One without a year is the latest that is not after today."""

    def _iso(self, at: int) -> Found | None:
        match = _ISO.fullmatch(self._text(at).replace("/", "-"))
        if not match:
            return None
        year, month, day = int(match[1]), int(match[2]), match[3]
        first = a_day(year, month, int(day or 1)) if 0 < year < MAXYEAR else None
        if first is None or not FIRST_DAY <= first < LAST_DAY:
            return None
        unit = "day" if day else "month"
        return 1, Time(unit_of(first, unit), unit=unit)

    def _slashed(self, at: int) -> Found | None:
        """As in "11/9": a month and a day, or a day and a month, unless another such date tells which."""
        match = _SLASHED.fullmatch(self._text(at))
        if not match:
            return None
        one, two, year = int(match[1]), int(match[2]), match[3] or ""
        orders = {"month first": (one, two), "day first": (two, one)}
        if self._order_of_dates():
            orders = {self._order_of_dates(): orders[self._order_of_dates()]}
        days = [self._a_date(year, *order) for order in orders.values()]
        found = [*dict.fromkeys(day for day in days if day)]
        if not found or (len(days) > 1 and None in days and self._order_of_dates()):
            return None
        first, *others = (Time(unit_of(day, "day"), unit="day") for day in found)
        return 1, replace(first, also=tuple(others))

    def _order_of_dates(self) -> str:
        """What comes first in the dates with slashes, if one of them can only be read so."""
        found = [match for word in self._words if (match := _SLASHED.fullmatch(word.text))]
        is_month = any(int(match[2]) > MONTHS["year"] for match in found)
        is_day = any(int(match[1]) > MONTHS["year"] for match in found)
        return {(True, False): "month first", (False, True): "day first"}.get((is_month, is_day), "")

    def _dotted(self, at: int) -> Found | None:
        """As in "15.10." and "15.10.2026", where the day is always first."""
        match = _DOTTED.fullmatch(self._text(at))
        day = self._a_date(match[3] or "", int(match[2]), int(match[1])) if match else None
        return (1, Time(unit_of(day, "day"), unit="day")) if day else None

    def _a_date(self, year: str, month: int, day: int) -> date | None:
        if not year:
            return latest(self._today, lambda each: a_day(each, month, day))
        found = a_day(int(year) + (_CENTURY if int(year) < 100 else 0), month, day)  # noqa: PLR2004 of two digits
        return found if found and FIRST_DAY <= found < LAST_DAY else None

    def _quarter(self, at: int) -> Found | None:
        """As in "Q2", "H1 2026", "second quarter of 2026"."""
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

    def _month_day(self, at: int) -> Found | None:
        """As in "October 3rd, 2026", "Oct 3"; "Oct 3-10" has two days."""
        month = self._month_name(at)
        day = self._day_number(at + month[0]) if month else None
        if month is None or day is None:
            return None
        return self._dated(at, month[0] + day[0], month[1], day[1])

    def _day_month(self, at: int) -> Found | None:
        """As in "3 October", "the 3rd of October 2026"."""
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
        if lexed is None or (self._text(at) in OTHER_WORDS and not self._is_meant(at)):
            return None
        # "Mondays" are many.
        return None if self._text(at).endswith("ys") else (lexed[0], self._of_weekday(int(lexed[1])))

    def _of_weekday(self, weekday: int) -> Time:
        back = (self._today.weekday() - weekday - 1) % WEEK_DAYS + 1
        return calendar_unit(self._today, "day", -back)

    def _bare_day(self, at: int) -> Found | None:
        """As in "the 3rd": the latest one."""
        match = ORDINAL.fullmatch(self._text(at))
        if not match or self._lexed(at + 1, "unit"):
            return None
        months = (add_months(self._today.replace(day=1), -back) for back in range(13))
        days = (a_day(month.year, month.month, int(match[1])) for month in months)
        found = next((day for day in days if day and day <= self._today), None)
        return (1, Time(unit_of(found, "day"), unit="day")) if found else None

    def _year(self, at: int) -> Found | None:
        text = self._text(at)
        if not YEAR.fullmatch(text) or not FIRST_DAY.year <= int(text) < LAST_DAY.year:
            return None
        return 1, Time(unit_of(date(int(text), 1, 1), "year"), unit="year")
