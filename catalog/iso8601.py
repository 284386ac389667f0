"""Dates and times as people and agents write them: ISO 8601, but neither weeks nor days of the year."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_FORM = "must be a date or time in ISO 8601, such as 2026-11-20"
# Python reads a week date as its Monday, but an agent that writes one means the whole week.
_WEEK = re.compile(r"\d{4}-?W\d", re.ASCII | re.IGNORECASE)
_DAY_OF_YEAR = re.compile(r"\d{4}-?\d{3}(?!\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}", re.ASCII)
_TIME_OF_DAY = re.compile(r"(\d{2}:\d{2}(?::\d{2})?)", re.ASCII)
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$", re.ASCII)


def parse(text: str) -> date | datetime:
    """Read a date, or a time in UTC; without an offset it is in UTC already.

    Args:
        text: such as 2026-11-20, 20261120 or 2026-11-20T12:00:00+02:00.

    Raises:
        ValueError: the text is neither. The message says why, to follow the name of the argument.
    """
    if _WEEK.match(text):
        raise ValueError("must be a day, not a week: give YYYY-MM-DD")
    if _DAY_OF_YEAR.match(text):
        raise ValueError("must not be a day of the year: give YYYY-MM-DD")
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else _in_utc(datetime.fromisoformat(text))
    except OverflowError:
        raise ValueError("must be between the years 1 and 9999 in UTC") from None
    except ValueError:
        raise ValueError(_why_unreadable(text)) from None


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _why_unreadable(text: str) -> str:
    day = _DAY.match(text)
    if day is None:
        return _FORM
    if not _is_read(date, day[0]):
        return f"{day[0]} does not exist"
    offset = _OFFSET.search(text, day.end())
    if offset and _is_read(datetime, text[: offset.start()]):
        return f"{offset[0]} is not an offset from UTC"
    time = _TIME_OF_DAY.match(text, day.end() + 1)
    if time and not _is_read(datetime, f"{day[0]}T{time[0]}"):
        return f"{time[0]} is not a time of day"
    return _FORM


def _is_read(kind: type[date], text: str) -> bool:
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True
