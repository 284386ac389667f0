"""The days that a page is about, as its address says: a month, a quarter, the last days, or from and to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict

from catalog import iso8601
from catalog.errors import InvalidArgumentError
from costs.query.periods import DAY, Window, add_months, first_day, month_of
from costs.query.snapshot import Snapshot

NAMES = ("month", "quarter", "days", "start", "end", "all")
LAST_DAYS = 30
_MAX_DAYS = 3660
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
_QUARTER = re.compile(r"(20\d\d)-Q([1-4])", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """Days with a name.

    Args:
        window: the days; an end may be open.
        label: what people call them.
        query: how the address says them.
    """

    window: Window
    label: str
    query: Mapping[str, str]

    @property
    def last(self) -> date | None:
        return self.window.end - DAY if self.window.end else None

    @property
    def month(self) -> str:
        """The month that it is, "" if it is other days."""
        return self.query.get("month", "")


def read_period(sent: QueryDict, costs: Snapshot) -> Period:
    """The days of an address; by default the latest month with loaded costs.

    Raises:
        InvalidArgumentError: they cannot be read.
    """
    values = {name: sent.get(name, "").strip() for name in NAMES}
    if values["start"] or values["end"]:
        return between(_day("start", values["start"]), _day("end", values["end"]))
    if values["month"]:
        return month(_matched("month", _MONTH, values["month"], "a month such as 2026-10")[0])
    if values["quarter"]:
        return _quarter(_matched("quarter", _QUARTER, values["quarter"], "a quarter such as 2026-Q4"))
    if values["days"]:
        return _last_days(values["days"], costs)
    return Period(Window(), "All time", {"all": "1"}) if values["all"] else month(_latest(costs))


def month(name: str) -> Period:
    first = first_day(name)
    return Period(Window(first, add_months(first, 1)), f"{first:%B %Y}", {"month": name})


def between(start: date | None, end: date | None) -> Period:
    """From a day to the day before another; either may be open."""
    if start and end and start >= end:
        raise InvalidArgumentError(
            f"start {start} is not before end {end}.",
            hint="end is the day after the last one: October is 2026-10-01 to 2026-11-01.",
        )
    label = f"{start or 'The first day'} to {end - DAY if end else 'now'}"
    named = {"start": start, "end": end}
    return Period(Window(start, end), label, {name: f"{day}" for name, day in named.items() if day})


def months(costs: Snapshot) -> Sequence[str]:
    """The months with loaded costs, the latest first."""
    return sorted({load.billing_period for load in costs.loads}, reverse=True)


def choices(costs: Snapshot) -> list[Period]:
    """Other days that a page offers beside the months."""
    quarters = dict.fromkeys(_quarter_of(first_day(name)) for name in months(costs))
    found = [_last_days("1", costs), _last_days(f"{LAST_DAYS}", costs)]
    found += [_quarter(_matched("quarter", _QUARTER, name, "")) for name in [*quarters][:2]]
    return [*found, Period(Window(), "All time", {"all": "1"})]


def _latest(costs: Snapshot) -> str:
    now = month_of(costs.as_of.date())
    return next((name for name in months(costs) if name <= now), now)


def _quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _quarter(found: re.Match[str]) -> Period:
    first = date(int(found[1]), int(found[2]) * 3 - 2, 1)
    return Period(Window(first, add_months(first, 3)), f"Q{found[2]} {found[1]}", {"quarter": found[0]})


def _last_days(count: str, costs: Snapshot) -> Period:
    days = int(_matched("days", _NUMBER, count, f"a number of days up to {_MAX_DAYS}")[0])
    if days > _MAX_DAYS:
        raise InvalidArgumentError(f"days is {days}.", hint=f"Send at most {_MAX_DAYS}.")
    # Bills of today come tomorrow.
    end = costs.as_of.date()
    label = "Yesterday" if days == 1 else f"The last {days} days"
    return Period(Window(end - timedelta(days=days), end), label, {"days": f"{days}"})


def _matched(name: str, form: re.Pattern[str], value: str, what: str) -> re.Match[str]:
    if found := form.fullmatch(value):
        return found
    raise InvalidArgumentError(f"{name} cannot be {value[:60]!r}.", hint=f"Send {what}.")


def _day(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        day = iso8601.parse(value)
    except ValueError:
        day = None
    # A time is a date to Python.
    if type(day) is date:
        return day
    raise InvalidArgumentError(f"{name} cannot be {value[:60]!r}.", hint="Send a day such as 2026-10-31.")
