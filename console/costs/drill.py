"""Where a row of an answer leads: its dimensions become filters, and the next dimension is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from console.costs.asking import explore, query_of
from costs.query.dimensions import DIMENSIONS, Value
from costs.query.periods import DAY, Unit, Window, add_months, first_day
from costs.query.question import EXCLUDES, SUMS, Question

# What is asked next, if it is not known yet.
NEXT = ("cloud", "service", "model", "customer", "direction", "meter", "account", "load", "day")

# What an address says as its days.
_TIMES = ("day", "month")

Row = Mapping[str, Any]


def narrowed(question: Question, row: Row) -> Question:
    """The question about the charges of a row or total: its days are the window, its other values filters."""
    filters: dict[str, Any] = {**question.filters}
    window = question.window
    for name in dict.fromkeys([*question.dimensions, "currency"]):
        if name in row and name in _TIMES:
            window = _within(window, _days_of(name, row[name]))
        elif name in row:
            filters.pop(f"{EXCLUDES}{name}", None)
            filters[name] = [row[name]]
    return replace(question, dimensions=(), filters=filters, start=window.start, end=window.end, order_by="")


def into(question: Question, row: Row) -> str:
    """The address of what a row is made of."""
    asked = narrowed(question, row)
    known = {name for name, values in asked.filters.items() if len(values) == 1}
    following = next((name for name in NEXT if name not in known), "meter")
    return explore(replace(asked, dimensions=(following,), measures=_measures(question)))


def _measures(question: Question) -> tuple[str, ...]:
    """Change needs whole periods, which a row may not have."""
    return tuple(each for each in question.measures if each != "change") or ("billed_cost",)


def explained(question: Question, row: Row | None = None) -> str:
    """The address that explains the sum of a row, or of all rows."""
    asked = narrowed(question, row) if row is not None else replace(question, dimensions=(), order_by="")
    asked = replace(asked, measures=(explained_measure(question),), limit=100)
    return f"{reverse('costs-explain')}?{urlencode(query_of(asked))}"


def explained_measure(question: Question) -> str:
    return next((each for each in question.measures if each in SUMS), "billed_cost")


def _days_of(unit: str, moment: Value) -> Window:
    if moment is None:
        return Window()
    if DIMENSIONS[unit].unit is Unit.MONTH:
        first = first_day(moment)
        return Window(first, add_months(first, 1))
    day = date.fromisoformat(moment)
    return Window(day, day + DAY)


def _within(one: Window, other: Window) -> Window:
    starts = [day for day in (one.start, other.start) if day]
    ends = [day for day in (one.end, other.end) if day]
    return Window(max(starts, default=None), min(ends, default=None))
