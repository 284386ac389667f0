"""The usual way to read questions: look for words that are known, and pass over all others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

_DIMENSIONS = ("cloud", "service", "account", "region", "model", "developer", "customer", "day", "month")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_CLOUDS = {"aws": "aws", "amazon": "aws", "azure": "azure", "gcp": "gcp", "google": "gcp"}


def read(text: str, today: date, names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """What such a reader makes of a question, as an expectation of FORMAT.md.

    Args:
        text: the question.
        today: the day on which it is asked.
        names: the values of the data by dimension.
    """
    said = text.casefold()
    start, end = _window(said, today)
    found: dict[str, Any] = {"start": start, "end": end, "filters": _filters(said, names)}
    found["measures"] = ["tokens"] if "token" in said and "cost" not in said else ["billed_cost"]
    found["by"] = [name for name in _DIMENSIONS if re.search(rf"\b(?:by|per|which|top \d+) {name}s?\b", said)]
    if top := re.search(r"\btop (\d+)\b", said):
        found |= {"order": f"{found['measures'][0]} desc", "limit": int(top[1])}
    elif re.search(r"\b(most|highest|biggest)\b", said):
        found |= {"order": f"{found['measures'][0]} desc", "limit": 1}
    return found


def _filters(said: str, names: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    found = {
        name: values
        for name, known in names.items()
        if (values := [value for value in known if value.casefold() in said])
    }
    clouds = [code for word, code in _CLOUDS.items() if re.search(rf"\b{word}\b", said)]
    return {**found, **({"cloud": clouds} if clouds else {})}


def _window(said: str, today: date) -> tuple[date, date]:
    this = today.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    if "yesterday" in said:
        return today - timedelta(days=1), today
    if "last month" in said:
        return last, this
    if "last week" in said:
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(days=7), monday
    if days := re.search(r"\blast (\d+) days\b", said):
        return today - timedelta(days=int(days[1])), today
    for number, month in enumerate(_MONTHS, 1):
        if re.search(rf"\b{month}\b", said):
            first = date(today.year if number <= today.month else today.year - 1, number, 1)
            return first, (first + timedelta(days=32)).replace(day=1)
    return this, today + timedelta(days=1)
