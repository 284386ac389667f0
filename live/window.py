"""Which minutes of a source are read next, and how long minutes are kept. No Django, no clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from live.providers.source import floor_minute

MINUTES_KEPT = timedelta(hours=48)
HOURS_KEPT = timedelta(days=92)
# What is read again each time, because points come late and are revised; and what once an hour.
OVERLAP = timedelta(minutes=30)
DEEP_OVERLAP = timedelta(hours=6)
_DEEP_EVERY = timedelta(hours=1)
_MAX_BACKOFF = timedelta(minutes=30)
_MAX_DOUBLINGS = 6


class Window(NamedTuple):
    """Whole minutes, from `start` to before `end`; `is_deep` if it goes back by DEEP_OVERLAP."""

    start: datetime
    end: datetime
    is_deep: bool


def next_window(now: datetime, through: datetime | None, deep_at: datetime | None, kept: datetime) -> Window:
    """The minutes to read.

    Args:
        now: the time. The current minute is left out, since it has only begun.
        through: the end of what was read; None if nothing was.
        deep_at: when the longer time was last read again.
        kept: the first minute that is still kept; an earlier one is in the sum of its hour already.
    """
    end = floor_minute(now)
    is_deep = deep_at is None or now - deep_at >= _DEEP_EVERY
    overlap = DEEP_OVERLAP if is_deep else OVERLAP
    start = kept if through is None else max(kept, min(through, end) - overlap)
    return Window(min(start, end), end, is_deep)


def kept_from(now: datetime) -> datetime:
    """The first minute that is kept as one: of earlier ones only the sums by hour are."""
    return floor_hour(now - MINUTES_KEPT)


def floor_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def retry_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: one minute, then twice as long each time."""
    return min(timedelta(minutes=2 ** min(failures - 1, _MAX_DOUBLINGS)), _MAX_BACKOFF)
