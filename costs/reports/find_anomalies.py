"""The anomalies of the costs that are loaded, each with its cause (docs/anomalies.md)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.pricing.decimals import NANO, ROUNDED, exact_sum, plain
from costs.errors import InvalidQuestionError
from costs.query.answer import Basis, money
from costs.query.ask import basis
from costs.query.coverage import coverage
from costs.query.dimensions import DIMENSIONS
from costs.query.groups import all_groups
from costs.query.hints import joined
from costs.query.periods import DAY, add_months
from costs.query.question import MAX_DIMENSIONS, Question
from costs.query.snapshot import Snapshot
from costs.query.summary import summarize
from costs.reports.causes import Part
from costs.reports.daily import MOST
from costs.reports.explained import Anomaly, anomalies
from costs.reports.robust import median
from costs.reports.watched_costs import CurrencyBill, WatchedCosts
from costs.reports.whole_days import Filters, Source, check_filters, sources
from costs.wording import quoted

DEFAULT_DIMENSIONS = ("cloud", "model", "customer", "meter")
# By default, the last so many days are looked at.
DEFAULT_DAYS = 30
MAX_DAYS = 366
# What is usual is learned from so many months before.
HISTORY = 3
# A source that is so many days behind the others is left out, lest the days it lacks look like a drop.
LATE = 3
# Less than this a day is no anomaly, in any currency, nor is less than this part of a typical day.
FLOOR = Decimal(1)
FLOOR_PART = Decimal("0.05")


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
    known, left_out = _known(sources(asked, costs), start, end)
    loaded = min((source.through for source in known.values() if source.through), default=None)
    through = min(loaded, end - DAY) if loaded else None
    question = Question(filters=asked, start=start, end=end)
    looked = None
    if through and through >= start:
        looked = _costs(question, costs, known, left_out, through, dimensions)
    floors = {currency: _floor(daily) for currency, daily in looked.totals.items()} if looked else {}
    # The last day that is loaded may lack charges that come later, so that it is no drop.
    whole_to = loaded - DAY if loaded else None
    rows = [*_all_rows(looked, floors, start, whole_to)] if looked and whole_to else []
    summary = summarize(question, costs, all_groups(question, costs).totals)
    found = basis(question, costs, coverage(question, costs), summary)
    told = _told(through, whole_to, left_out, looked)
    return {
        **found,
        "hint": joined([*told, found["hint"] or ""]),
        "start": f"{start}",
        "end": f"{end}",
        "through": f"{through}" if through else None,
        "dimensions": list(dimensions),
        "floor": money(floors),
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


def _known(found: Mapping[str, Source], start: date, end: date) -> tuple[dict[str, Source], dict[str, str]]:
    """The sources whose days are known, and of the others why they are not."""
    last = {name: min(source.through, end - DAY) for name, source in found.items() if source.through}
    newest = max(last.values(), default=None)
    left_out = {}
    for name, source in found.items():
        lacking = source.lacks(start, last[name]) if name in last and last[name] >= start else []
        if name not in last:
            left_out[name] = "has no charges of this month or the last"
        elif newest and (newest - last[name]).days > LATE:
            left_out[name] = f"has charges up to {last[name]} only"
        elif lacking:
            left_out[name] = f"lacks {', '.join(lacking)}"
    return {name: source for name, source in found.items() if name not in left_out}, left_out


def _costs(
    question: Question,
    costs: Snapshot,
    known: Mapping[str, Source],
    left_out: Collection[str],
    through: date,
    dimensions: Sequence[str],
) -> WatchedCosts:
    """The charges of the sources that are known, from when all of them are."""
    start = question.start or through
    begins = max(add_months(start.replace(day=1), -HISTORY), *(one.since(through) for one in known.values()))
    filters = {**question.filters, **({"source": sorted(known)} if left_out else {})}
    window = replace(question, start=min(begins, start), end=through + DAY, filters=filters)
    names = list(dict.fromkeys([*dimensions, *DEFAULT_DIMENSIONS]))[:MAX_DIMENSIONS]
    return WatchedCosts(window, costs, dimensions, names)


def _floor(daily: Mapping[date, Decimal]) -> Decimal:
    typical = median([abs(amount) for amount in daily.values()])
    return max(FLOOR, ROUNDED.quantize(typical * FLOOR_PART, NANO))


def _all_rows(
    looked: WatchedCosts, floors: Mapping[str, Decimal], start: date, whole_to: date
) -> Iterator[AnomalyRow]:
    for currency in looked.totals:
        yield from _rows(CurrencyBill(currency, looked), floors[currency], start, whole_to)


def _rows(bill: CurrencyBill, floor: Decimal, start: date, whole_to: date) -> Iterator[AnomalyRow]:
    before = start - timedelta(days=LATE)
    for anomaly in anomalies(bill, floor=floor, start=before, whole_to=whole_to):
        if anomaly.jumps[-1].jump.day >= start:
            yield _row(anomaly, bill.currency)


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
    through: date | None, whole_to: date | None, left_out: Mapping[str, str], looked: WatchedCosts | None
) -> Iterator[str]:
    if looked and through and whole_to:
        but = ", of which drops are not told, since charges may come later" if through > whole_to else ""
        yield f"Looked at up to {through}{but}."
    else:
        yield "No day of this time is known."
    for name, why in left_out.items():
        yield f"Source {quoted(name)} is left out: it {why}."
    if looked:
        for name in looked.cut:
            yield f"Of {name}, only the {MOST} values that cost most are looked at."
