"""The forecast of a period from the costs that are loaded (docs/forecasts.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.pricing.decimals import plain
from costs.errors import InvalidQuestionError
from costs.query.answer import Basis
from costs.query.ask import basis
from costs.query.coverage import coverage
from costs.query.dimensions import Value
from costs.query.groups import all_groups
from costs.query.hints import joined
from costs.query.periods import DAY, add_months
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.summary import summarize
from costs.reports.anomalies import detect
from costs.reports.daily import by_currency
from costs.reports.forecast import Forecast, forecast
from costs.reports.known_days import KnownDays, known_days, late
from costs.reports.shown import Column, column
from costs.reports.usual import SHORTEST
from costs.reports.whole_days import check_filters

# The last day may lack charges that come later, if it is so much less than usual.
_FLOOR = Decimal("0.02")


COLUMNS: Sequence[Column] = (
    column("currency", "Currency", "text"),
    column("from", "From", "day"),
    column("until", "Until, without", "day"),
    column("through", "Known through", "day"),
    column("spent", "Spent", "money"),
    column("forecast", "Forecast", "money"),
    column("low", "Low", "money"),
    column("high", "High", "money"),
    column("past_error_percent", "Past error", "percent"),
    column("past_forecasts", "Past forecasts", "count"),
)


class ForecastDay(TypedDict):
    """What a day of the rest is expected to cost."""

    day: str
    forecast: str


class ForecastRow(TypedDict):
    """The forecast in one currency."""

    currency: str
    through: str
    spent: str | None
    forecast: str | None
    low: str | None
    high: str | None
    past_error_percent: str | None
    past_forecasts: int
    days: list[ForecastDay]


class ForecastAnswer(Basis):
    """The answer of forecast_costs."""

    start: str
    until: str
    through: str | None
    rows: list[ForecastRow]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is found in a currency.

    Args:
        known: its known days.
        through: the last of them that counts; None if there is none.
        forecast: its forecast; None if it has no charges in these days.
    """

    known: KnownDays
    through: date | None
    forecast: Forecast | None = None


def forecast_costs(
    filters: Mapping[str, Sequence[Value]],
    until: date | None,
    costs: Snapshot,
    start: date | None = None,
    measure: str = "billed_cost",
) -> ForecastAnswer:
    """Forecast what charges will have cost when a period ends.

    Args:
        filters: as of a Question, but none of time.
        until: the day after the last; None for the end of the current month.
        costs: the costs of a moment.
        start: the first day; None for the first of the month of the day before `until`.
        measure: a cost that charges are added up by.

    Raises:
        InvalidQuestionError: the period or a filter cannot be used.
    """
    check_filters(filters)
    start, until = _period(costs.as_of.date(), start, until)
    found = {
        currency: _found(known, {**filters, "currency": [currency]}, (start, until), costs, measure)
        for currency, known in known_days(filters, start, until, costs).items()
    }
    days = [each.through for each in found.values() if each.through]
    return {
        **_basis(filters, start, until, costs, _told(found, start, until)),
        "start": f"{start}",
        "until": f"{until}",
        "through": f"{min(days)}" if days else None,
        "rows": [
            _row(currency, each.forecast, f"{each.through}", is_known=not each.known.why)
            for currency, each in found.items()
            if each.forecast
        ],
    }


def _found(
    known: KnownDays,
    filters: Mapping[str, Sequence[Value]],
    period: tuple[date, date],
    costs: Snapshot,
    measure: str,
) -> _Found:
    start, until = period
    if known.through is None:
        return _Found(known, None)
    end = max(start, known.through) + DAY
    question = Question((measure,), filters=filters, start=known.begins(start), end=end)
    days = next(iter(by_currency(question, costs).values()), None)
    if days is None:
        return _Found(known, known.through)
    through = known.through if known.why else _without_late(days, known.through)
    return _Found(known, through, forecast(_up_to(days, through), start=start, until=until))


def _period(today: date, start: date | None, until: date | None) -> tuple[date, date]:
    until = until or add_months(today.replace(day=1), 1)
    start = start or (until - DAY).replace(day=1)
    if not start < until <= add_months(today, 12):
        raise InvalidQuestionError(
            f"{start} to {until} cannot be forecast.",
            hint="until is the day after the last one, at most a year ahead: 2026-12-01 ends November.",
        )
    return start, until


def _without_late(days: Mapping[date, Decimal], through: date) -> date:
    """The last day, or the one before if it is far below what is usual: charges of it may come later."""
    amounts = sorted(map(abs, days.values()))
    floor = max(amounts[len(amounts) // 2] * _FLOOR, Decimal("0.01"))
    last = detect(_up_to(days, through), floor=floor)[-1:]
    if last and last[0].day == through and last[0].score < 0:
        return through - DAY
    return through


def _up_to(days: Mapping[date, Decimal], through: date) -> dict[date, Decimal]:
    """The days up to the last whole one, from the first that has a charge."""
    charged = [day for day, amount in days.items() if amount]
    return {day: amount for day, amount in days.items() if charged and charged[0] <= day <= through}


def _row(currency: str, found: Forecast, through: str, *, is_known: bool) -> ForecastRow:
    amounts = (found.spent, found.amount, found.low, found.high, found.error_percent)
    spent, amount, low, high, error = (
        plain(each) if each is not None and is_known else None for each in amounts
    )
    return {
        "currency": currency,
        "through": through,
        "spent": spent,
        "forecast": amount,
        "low": low,
        "high": high,
        "past_error_percent": error,
        "past_forecasts": found.tested if is_known else 0,
        "days": [
            {"day": f"{day}", "forecast": plain(expected)}
            for day, expected in found.expected.items()
            if is_known
        ],
    }


def _told(found: Mapping[str, _Found], start: date, until: date) -> list[str]:
    if not found:
        return ["Unknown, since no charges of any source are loaded of this month or the last."]
    shown = {name: each for name, each in found.items() if each.forecast and not each.known.why}
    return [
        *_said({name: f"Spent is up to {each.through}." for name, each in shown.items()}, found),
        *late({name: each.known for name, each in shown.items()}, until),
        *_without_band({name: each.forecast for name, each in shown.items() if each.forecast}),
        *_said({name: _short(each, start) for name, each in shown.items()}, found),
        *_said({name: each.known.why for name, each in found.items()}, found),
    ]


def _said(told: Mapping[str, str], all_of: Collection[str]) -> Iterator[str]:
    """Each sentence once, with its currencies if it is not of all."""
    for sentence in dict.fromkeys(filter(None, told.values())):
        names = [currency for currency, said in told.items() if said == sentence]
        yield sentence if len(names) == len(all_of) else f"{', '.join(names)}: {sentence}"


def _short(found: _Found, start: date) -> str:
    if found.through is None or found.forecast is None or not found.forecast.expected:
        return ""
    return found.known.short(start, found.through)


def _without_band(forecasts: Mapping[str, Forecast]) -> Iterator[str]:
    short = [currency for currency, found in forecasts.items() if found.amount is None]
    if short:
        yield f"Less than {SHORTEST} days are loaded, too few for a forecast: {', '.join(short)}."
    bare = [
        currency for currency, found in forecasts.items() if found.amount is not None and found.low is None
    ]
    if bare:
        yield f"No past forecast of as many days can be tested: no band of {', '.join(bare)}."


def _basis(
    filters: Mapping[str, Sequence[Value]], start: date, until: date, costs: Snapshot, told: Sequence[str]
) -> Basis:
    question = Question(filters=filters, start=start, end=until)
    summary = summarize(question, costs, all_groups(question, costs).totals)
    found = basis(question, costs, coverage(question, costs), summary)
    return {**found, "hint": joined([*told, found["hint"] or ""])}
