"""The anomalies of the costs that are loaded, each with its cause (docs/anomalies.md)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.pricing.decimals import exact_sum, plain
from costs.errors import InvalidQuestionError
from costs.query.answer import Basis, money
from costs.query.ask import basis
from costs.query.coverage import coverage
from costs.query.dimensions import DIMENSIONS
from costs.query.groups import all_groups
from costs.query.hints import joined
from costs.query.periods import DAY, Window, month_of
from costs.query.question import MAX_DIMENSIONS, Question
from costs.query.snapshot import Snapshot
from costs.query.summary import summarize
from costs.reports.causes import Part
from costs.reports.daily import MOST
from costs.reports.explained import Anomaly, anomalies
from costs.reports.judged_months import DEFAULT_DIMENSIONS, JudgedMonth, UnknownMonth, judged_months
from costs.reports.watched_costs import CurrencyBill
from costs.reports.whole_days import Filters, check_filters, sources
from costs.wording import quoted

# By default, the last so many days are looked at.
DEFAULT_DAYS = 30
MAX_DAYS = 366


class ExplainedPart(TypedDict):
    """The part of an excess that the charges with these values have; of all others if values is null."""

    values: dict[str, str | None] | None
    excess: str


class AnomalyRow(TypedDict):
    """Days that cost more or less than is usual, for one cause."""

    day: str
    days: list[str]
    currency: str
    direction: Literal["up", "down"]
    actual: str
    expected: str
    low: str
    high: str
    excess: str
    cause: dict[str, str | None]
    cause_key: str
    found_in: dict[str, str | None]
    explained: list[ExplainedPart]


class AnomalyAnswer(Basis):
    """The answer of find_anomalies."""

    start: str
    end: str
    through: str | None
    is_known: bool
    left_out: list[str]
    dimensions: list[str]
    floor: dict[str, str]
    anomalies: list[AnomalyRow]


def find_anomalies(
    costs: Snapshot,
    *,
    start: date | None = None,
    end: date | None = None,
    filters: Filters | None = None,
    dimensions: Sequence[str] = DEFAULT_DIMENSIONS,
) -> AnomalyAnswer:
    """Find the days that cost more or less than is usual, and what explains them.

    Args:
        costs: the costs of a moment.
        start: the first day to look at; None for 30 days before the end.
        end: the day after the last; None for today.
        filters: as of a Question, but none of time.
        dimensions: by whose values to look, beside the whole; 1 to 4.

    Raises:
        InvalidQuestionError: the window, a filter or a dimension cannot be used.
        UnknownDimensionError: a dimension or filter does not exist.
    """
    start, end = _window(costs.as_of.date(), start, end)
    asked = {name: list(values) for name, values in (filters or {}).items()}
    check_filters(asked)
    _check_dimensions(dimensions)
    question = Question(filters=asked, start=start, end=end)
    months = [*judged_months(question, costs, sources(asked, costs), dimensions)]
    judged = [*_judged(months, question.window)]
    through = min(judged[-1].through, end - DAY) if judged else None
    rows = [row for month in judged for row in _rows(month, question.window)]
    summary = summarize(question, costs, all_groups(question, costs).totals)
    found = basis(question, costs, coverage(question, costs), summary)
    return {
        **found,
        "hint": joined([*_told(months, judged, start, through), found["hint"] or ""]),
        "start": f"{start}",
        "end": f"{end}",
        "through": f"{through}" if through else None,
        "is_known": bool(judged) and all(_is_known(month, start) for month in months),
        "left_out": sorted({name for month in months for name in month.left_out}),
        "dimensions": list(dimensions),
        "floor": money({name: amount for month in judged for name, amount in month.floors().items()}),
        "anomalies": sorted(rows, key=lambda row: (row["day"], row["currency"], row["cause_key"])),
    }


def _window(today: date, start: date | None, end: date | None) -> tuple[date, date]:
    end = end or today
    start = start or end - timedelta(days=DEFAULT_DAYS)
    if not timedelta(0) < end - start <= timedelta(days=MAX_DAYS):
        raise InvalidQuestionError(
            f"start {start} and end {end} are not 1 to {MAX_DAYS} days apart.",
            hint="end is the day after the last one: October is 2026-10-01 to 2026-11-01.",
        )
    return start, end


def _check_dimensions(dimensions: Sequence[str]) -> None:
    Question(dimensions=tuple(dimensions))
    wrong = [name for name in dimensions if DIMENSIONS[name].unit or name in ("load", "currency")]
    if wrong or not dimensions:
        what = f"by {wrong[0]}" if wrong else "without a dimension"
        raise InvalidQuestionError(
            f"Anomalies cannot be found {what}.", hint=f"Send 1 to {MAX_DIMENSIONS}, such as customer."
        )


def _judged(months: Sequence[JudgedMonth | UnknownMonth], asked: Window) -> Iterator[JudgedMonth]:
    """The months of which a day that is asked for can be judged."""
    for month in months:
        if isinstance(month, JudgedMonth) and asked.start and asked.end:
            first, last = max(asked.start, month.begins), min(asked.end - DAY, month.through)
            if first <= last:
                yield month


def _is_known(month: JudgedMonth | UnknownMonth, start: date) -> bool:
    """Whether all that is loaded of a month can be judged."""
    if month.left_out:
        return False
    return month.is_ahead if isinstance(month, UnknownMonth) else month.begins <= max(start, month.first)


def _rows(month: JudgedMonth, asked: Window) -> Iterator[AnomalyRow]:
    floors = month.floors()
    for currency, floor in floors.items():
        bill = CurrencyBill(currency, month.looked, floors)
        found = anomalies(bill, floor=floor, start=month.first, whole_to=month.whole_to, asked=asked)
        yield from (_row(anomaly, currency) for anomaly in found)


def _row(anomaly: Anomaly, currency: str) -> AnomalyRow:
    jumps = [found.jump for found in anomaly.jumps]
    first = f"{jumps[0].day}"
    return {
        "day": first,
        "days": [f"{jump.day}" for jump in jumps],
        "currency": currency,
        "direction": "up" if anomaly.sign > 0 else "down",
        "actual": plain(exact_sum(jump.actual for jump in jumps)),
        "expected": plain(exact_sum(jump.expected for jump in jumps)),
        "low": plain(exact_sum(jump.low for jump in jumps)),
        "high": plain(exact_sum(jump.high for jump in jumps)),
        "excess": plain(anomaly.excess),
        "cause": dict(anomaly.cause),
        "cause_key": _cause_key(currency, anomaly, first),
        "found_in": dict(anomaly.jumps[0].series),
        "explained": [_part(part) for part in anomaly.parts],
    }


def _cause_key(currency: str, anomaly: Anomaly, day: str) -> str:
    """A text that is the same whenever the same anomaly is found; values are quoted, so no two are alike."""
    values = [
        f"{name}={'null' if value is None else json.dumps(value, ensure_ascii=False)}"
        for name, value in sorted(anomaly.cause.items())
    ]
    return "|".join([currency, "up" if anomaly.sign > 0 else "down", *values, day])


def _part(part: Part) -> ExplainedPart:
    return {"values": dict(part.values) or None, "excess": plain(part.amount)}


def _told(
    months: Sequence[JudgedMonth | UnknownMonth],
    judged: Sequence[JudgedMonth],
    start: date,
    through: date | None,
) -> Iterator[str]:
    if judged and through:
        is_whole = through <= judged[-1].whole_to
        but = "" if is_whole else ", of which drops are not told, since charges may come later"
        yield f"Looked at up to {through}{but}."
    else:
        yield "No day of this time could be looked at."
    learned = [
        month.begins for month in months if isinstance(month, JudgedMonth) and month.begins > month.first
    ]
    if learned and max(learned) > start:
        yield f"Days before {max(learned)} are only learned from: two weeks of charges have to be known."
    for month in months:
        for name, why in month.left_out.items():
            yield f"Source {quoted(name)} is left out of {month_of(month.first)}: it {why}."
    for name in dict.fromkeys(name for month in judged for name in month.looked.cut):
        yield f"Of {name}, only the {MOST} values that cost most are looked at."
