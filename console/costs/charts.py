"""What charts draw, exact: at most eight series or bars of one currency, and the sum of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from catalog.pricing.decimals import EXACT, exact_sum, plain
from console.costs.filters import said
from costs.errors import TooLargeError
from costs.query.dimensions import DIMENSIONS
from costs.query.groups import all_groups
from costs.query.periods import DAY, Unit, add_months, first_day, month_of
from costs.query.question import COSTS, SUMS, Question
from costs.query.snapshot import Snapshot

MAX_SERIES = 8
# Longer times are drawn by what there is.
MAX_MOMENTS = 400
OTHERS = "others"

Row = Mapping[str, Any]
Chart = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """A part of a sum: when it was, whose it is, and how much."""

    moment: str
    name: str
    currency: str
    amount: Decimal


def of_answer(
    name: str, question: Question, answer: Mapping[str, Any], costs: Snapshot | None = None
) -> list[Chart]:
    """The charts of an answer, one for each currency; none if nothing in it can be added up.

    Args:
        name: what the ids of their elements begin with.
        question: the question.
        answer: its rows, totals and rows_left_out.
        costs: what it was asked of. Over time all rows are drawn, those too that the answer leaves out;
            without it, those of the answer.
    """
    measure = next((each for each in question.measures if each in SUMS), None)
    if measure is None or not question.dimensions or not answer["rows"]:
        return []
    time = question.time.name if question.time and question.time.name in question.dimensions else None
    try:
        found = _points(question, answer, measure, costs if time else None)
    except TooLargeError:
        return []
    draw = _over_time if time else _bars
    totals = {total["currency"]: total[measure] for total in answer["totals"]}
    return [
        _about(name, measure, currency) | draw(_of_currency(found, currency), total, time)
        for currency, total in totals.items()
        if total is not None and any(point.currency == currency for point in found)
    ]


def _about(name: str, measure: str, currency: str) -> Chart:
    unit = currency if measure in COSTS else measure
    words = measure.replace("_", " ")
    return {
        "id": f"{name}-{currency}",
        "data_id": f"{name}-{currency}-data",
        "unit": unit,
        "currency": currency,
        "measure": words,
    }


def _of_currency(points: Iterable[Point], currency: str) -> list[Point]:
    return [point for point in points if point.currency == currency]


def _points(
    question: Question, answer: Mapping[str, Any], measure: str, costs: Snapshot | None
) -> list[Point]:
    if costs and answer["rows_left_out"]:
        names = [key.name for key in question.keys]
        found = all_groups(question, costs).groups.items()
        rows: list[Row] = [
            dict(zip(names, key, strict=True)) | {measure: sums[measure]} for key, sums in found
        ]
    else:
        rows = answer["rows"]
    return [
        _point(question, row, Decimal(row[measure]), row.get("currency") or answer["currency"])
        for row in rows
        if row[measure] is not None
    ]


def _point(question: Question, row: Row, amount: Decimal, currency: str) -> Point:
    time = question.time.name if question.time else "currency"
    words = [said(name, row[name]) for name in question.dimensions if name not in (time, "currency")]
    moment = (row.get(time) or "") if question.time else ""
    return Point(moment, " · ".join(words), currency, amount)


def _bars(points: Sequence[Point], total: str, _time: str | None) -> Chart:
    """The largest rows, and what the total has besides."""
    largest = sorted(points, key=lambda point: -abs(point.amount))[:MAX_SERIES]
    bars = [(point.name, point.amount) for point in sorted(largest, key=lambda point: -point.amount)]
    rest = EXACT.subtract(Decimal(total), exact_sum(amount for _, amount in bars))
    if rest:
        bars.append((OTHERS, rest))
    series = [{"name": "", "values": [plain(amount) for _, amount in bars]}]
    return {"kind": "bars", "labels": [name for name, _ in bars], "series": series}


def _over_time(points: Sequence[Point], _total: str, time: str | None) -> Chart:
    """A stack for each day or month: the largest series, and the sum of the others."""
    unit = DIMENSIONS[time or ""].unit
    labels = _moments({point.moment for point in points if point.moment}, unit)
    sums: dict[str, list[Decimal]] = {}
    for point in points:
        sums.setdefault(point.name, []).append(point.amount)
    largest = sorted(sums, key=lambda name: (-abs(exact_sum(sums[name])), name))[:MAX_SERIES]
    names = [*largest, *([OTHERS] if len(sums) > len(largest) else [])]
    cells: dict[tuple[str, str], list[Decimal]] = {}
    for point in points:
        name = point.name if point.name in largest else OTHERS
        cells.setdefault((name, point.moment), []).append(point.amount)
    series = [
        {"name": name, "values": [_sum(cells.get((name, label))) for label in labels]} for name in names
    ]
    return {"kind": "stacks", "labels": labels, "series": series}


def _sum(amounts: Sequence[Decimal] | None) -> str | None:
    return plain(exact_sum(amounts)) if amounts else None


def _moments(found: Iterable[str], unit: Unit | None) -> list[str]:
    """All days or months from the first to the last: one without a charge leaves a gap."""
    known = sorted(found)
    if not known:
        return []
    moments = list(_days(known) if unit is Unit.DAY else _months(known))
    return moments if len(moments) <= MAX_MOMENTS else known


def _days(known: Sequence[str]) -> Iterable[str]:
    day, last = date.fromisoformat(known[0]), date.fromisoformat(known[-1])
    while day <= last:
        yield day.isoformat()
        day += DAY


def _months(known: Sequence[str]) -> Iterable[str]:
    month = first_day(known[0])
    while month <= first_day(known[-1]):
        yield month_of(month)
        month = add_months(month, 1)
