"""How answers name days, filters and values of the data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.answering.charges import is_month
from assistant.reading.plan import Filters
from costs.query.dimensions import Value
from costs.query.periods import DAY, Window
from costs.query.question import EXCLUDES
from costs.wording import MAX_EXAMPLE, quoted

# So many rows are told in a sentence; all of them stand below it.
MAX_TOLD = 5
NOBODY = "(none)"


def when(window: Window) -> str:
    """The days of a window: "in 2026-10", "on 2026-10-03", "from 2026-10-01 to 2026-10-07"."""
    if window.start is None and window.end is None:
        return "in all that is loaded"
    if month := is_month(window):
        return f"in {_month(month)}"
    last = window.end - DAY if window.end else None
    if window.start == last:
        return f"on {last}"
    if window.start is None:
        return f"until {last}"
    return f"from {window.start} to {last}" if last else f"since {window.start}"


def what(filters: Filters) -> str:
    """What filters choose: " of customer acme, cloud aws"; "" if there are none."""
    told = [_filter(name, values) for name, values in filters.items()]
    return f" of {' and '.join(told)}" if told else ""


def _month(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def _filter(name: str, values: Sequence[Value]) -> str:
    listed = " or ".join(NOBODY if value is None else name_of(value) for value in values)
    if name.startswith(EXCLUDES):
        noun = name.removeprefix(EXCLUDES).replace("_", " ")
        return f"any {noun}" if list(values) == [None] else f"no {noun} {listed}"
    return f"{name.replace('_', ' ')} {listed}"


def name_of(value: str) -> str:
    """A name of the data on one line; what is no plain name is quoted."""
    return value if value.isprintable() and len(value) <= MAX_EXAMPLE else quoted(value)
