"""The days that a question is about, by what it says or by the conventions of docs/ask.md."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from assistant.reading.context import CannotError, Context
from assistant.reading.draft import Draft
from assistant.reading.periods import Time, calendar_unit, moved
from assistant.reading.times import relative, same_days
from costs.query.periods import Window

_UNITS = ("week", "month", "quarter", "year")


def window_of(draft: Draft, context: Context, default: Window | None = None) -> tuple[Window, Time | None]:
    """The days that are asked about, with the time that says so; the default if none does."""
    if draft.moved and context.last:
        return _moved_back(context.last.window, draft.moved), None
    if not draft.times:
        if default is not None:
            return default, None
        this = calendar_unit(context.today, "month", 0)
        return this.window, this
    _check_days(draft)
    if draft.times[0].is_until and len(draft.times) == 1:
        return Window(None, draft.times[0].window.end), None
    windows = _in_order(draft)
    if windows[0].start and windows[0].start > context.today:
        raise CannotError("This time is yet to come: ask for a forecast.")
    ends = [each.end for each in windows]
    end = None if None in ends else max(each for each in ends if each)
    return Window(windows[0].start, end), draft.times[0] if len(windows) == 1 else None


def _check_days(draft: Draft) -> None:
    if any(time.live in ("now", "minutes", "hour") for time in draft.times):
        raise CannotError("Bills have no hours or minutes: ask for live usage alone, or for days.")
    if any(time.is_end and not time.is_until for time in draft.times):
        raise CannotError("Say which days: the end of a time is asked for in forecasts.")


def _in_order(draft: Draft) -> list[Window]:
    """The times, the first ones first; each begins where the one before ends, or within it."""
    windows = sorted(
        (time.window for time in draft.times),
        key=lambda each: (each.start or date.min, date.max - (each.end or date.max)),
    )
    for earlier, later in pairwise(windows):
        if earlier != later and earlier.end and later.end and later.end <= earlier.end:
            raise CannotError("One of these times is within the other: ask for one of them.")
        if earlier.end is None or later.start is None or earlier.end < later.start:
            raise CannotError("These times do not follow each other: ask for one of them, or compare two.")
    return windows


def _moved_back(window: Window, unit: str) -> Window:
    """The time before that of the last question: "and the week before?".

    Raises:
        CannotError: that was of all that is loaded.
    """
    if not (window.start and window.end):
        raise CannotError("Say of which time: all that is loaded has no time before it.")
    return relative(window, unit)


def compared(draft: Draft, window: Window, time: Time | None, context: Context) -> tuple[Window, Window]:
    """The two times of a comparison, the later first.

    Raises:
        CannotError: they are no two times, or have days in common.
    """
    if len(draft.compared) > 1:
        raise CannotError("Compare with one other time.")
    later, earlier = _pair(draft, window, time, context)
    if later.start is None or earlier.end is None or earlier.end > later.start:
        raise CannotError("The two times have days in common: say both, such as October and September.")
    return later, earlier


def _pair(draft: Draft, window: Window, time: Time | None, context: Context) -> tuple[Window, Window]:
    said = draft.compared[0] if draft.compared else None
    if said and not said.before:
        return _with_said(draft, window, said, context)
    if not (window.start and window.end):
        raise CannotError("Say of which time: all that is loaded has no time before it.")
    if said and said.before == "same":
        return _same_days(draft, window, said, context)
    if said:
        return _relative(draft, window, said, context)
    if time and time.is_running:
        window = _billed(window, context.today)
        return window, moved(window, time.unit, -1)
    return window, window.before()


def _relative(draft: Draft, window: Window, said: Time, context: Context) -> tuple[Window, Window]:
    """As in "week over week": of the time that is said, or of this week as far as it is billed."""
    if not draft.times and context.last is None and said.before in _UNITS:
        window = _billed(calendar_unit(context.today, said.before, 0).window, context.today)
    return window, relative(window, said.before)


def _same_days(draft: Draft, window: Window, said: Time, context: Context) -> tuple[Window, Window]:
    """The time, as far as it is billed, and the same days of another unit."""
    if not draft.times and context.last is None:
        window = calendar_unit(context.today, said.unit, 0).window
    window = _billed(window, context.today)
    same = same_days(window, said)
    if same is None:
        raise CannotError(
            "Say both times that are compared, such as this month and the same days of October."
        )
    return window, same


def _billed(window: Window, today: date) -> Window:
    """The days of a time that are over: bills of today are not complete, which would look like a fall."""
    if window.start and window.end and window.start < today < window.end:
        return Window(window.start, today)
    return window


def _with_said(draft: Draft, window: Window, said: Time, context: Context) -> tuple[Window, Window]:
    if said.live in ("now", "minutes", "hour"):
        raise CannotError("Bills have no hours or minutes: compare days, weeks or months.")
    if not draft.times and context.last is None:
        if said.unit in ("", "day", "weekend"):
            raise CannotError("Say both times that are compared, such as yesterday and the day before.")
        window = calendar_unit(context.today, said.unit, 0).window
    if said.window == window:
        return window, window.before()
    first, second = sorted((said.window, window), key=lambda each: each.start or date.min)
    return second, first
