"""Values of a result as JSON has them, exactly: numbers and times are texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog.pricing.answers import utc_text
from costs.store.base import Bounds


def as_json(value: Any) -> str | bool | None:
    """A value of DuckDB or BigQuery; what has no other form is its text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, datetime) and value.tzinfo:
        return utc_text(value)
    return f"{value}"


def within(bounds: Bounds, rows: Iterable[Sequence[Any]]) -> tuple[list[list[str | bool | None]], bool]:
    """The first rows of a result as JSON has them, as many as may be, and whether there are more."""
    listed: list[list[str | bool | None]] = []
    left = bounds.size
    for row in rows:
        shown = [as_json(value) for value in row]
        left -= len(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace"))
        if left < 0 or len(listed) == bounds.rows:
            return listed, True
        listed.append(shown)
    return listed, False


def _plain(number: Decimal) -> str:
    """In digits, without an exponent or zeros that say nothing, whatever it has of them."""
    if not number.is_finite():
        return f"{number}"
    digits = f"{number:f}"
    short = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if short == "-0" else short
