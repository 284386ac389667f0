"""The forecast of a period from the costs that are loaded (docs/forecasts.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
from costs.reports.shown import Column, column
from costs.reports.usual import SHORTEST
from costs.reports.whole_days import Source, check_filters, sources
from costs.wording import counted, quoted

# Past forecasts are tested on so many months.
HISTORY = 6
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
    found = sources(filters, costs)
    through = _through(found, until)
    why = _unknown(found, start, through, costs.as_of.date())
    begins = _begins(found, start, through) if through else start
    question = Question((measure,), filters=filters, start=begins, end=max(start, (through or begins)) + DAY)
    daily = by_currency(question, costs) if through else {}
    if not why:
        through = _without_late(daily, through)
    forecasts = {
        currency: forecast(_up_to(days, through), start=start, until=until)
        for currency, days in daily.items()
    }
    told = _told(forecasts, through, why)
    if through and not why and any(each.expected for each in forecasts.values()):
        told += _short(found, begins, through)
    return {
        **_basis(filters, start, until, costs, [*told, why]),
        "start": f"{start}",
        "until": f"{until}",
        "through": f"{through}" if through else None,
        "rows": [_row(currency, each, is_known=not why) for currency, each in forecasts.items()],
    }


def _period(today: date, start: date | None, until: date | None) -> tuple[date, date]:
    until = until or add_months(today.replace(day=1), 1)
    start = start or (until - DAY).replace(day=1)
    if not start < until <= add_months(today, 12):
        raise InvalidQuestionError(
            f"{start} to {until} cannot be forecast.",
            hint="until is the day after the last one, at most a year ahead: 2026-12-01 ends November.",
        )
    return start, until


def _through(found: Mapping[str, Source], until: date) -> date | None:
    """The last day that is known of all sources."""
    days = [source.through for source in found.values()]
    known = [day for day in days if day]
    return min([*known, until - DAY]) if known and len(known) == len(days) else None


def _unknown(found: Mapping[str, Source], start: date, through: date | None, today: date) -> str:
    """Why nothing can be said."""
    lacking = {name: source.lacks(start, today) for name, source in found.items()}
    months = "; ".join(
        f"{', '.join(months)} of source {quoted(name)}" for name, months in lacking.items() if months
    )
    stale = [quoted(name) for name, source in found.items() if source.through is None]
    if months:
        return f"Unknown, since not loaded or not complete: {months}. Load it, or leave it out by not_source."
    if stale or through is None:
        names = ", ".join(stale) or "any source"
        return f"Unknown, since no charges of {names} are loaded of this month or the last."
    return ""


def _begins(found: Mapping[str, Source], start: date, through: date) -> date:
    """The first day of the months that are known of all sources without a gap, a few at most."""
    return max(add_months(start.replace(day=1), -HISTORY), *(each.since(through) for each in found.values()))


def _short(found: Mapping[str, Source], begins: date, through: date) -> Iterator[str]:
    """Which months before the period are missing, so that the forecast rests on the days after them."""
    gaps = {name: source.gaps(begins) for name, source in found.items() if source.since(through) == begins}
    months = "; ".join(
        f"{', '.join(months)} of source {quoted(name)}" for name, months in gaps.items() if months
    )
    if months:
        days = counted((through - begins).days + 1, "day")
        yield f"Not loaded or not complete: {months}. So it is forecast from the {days} since {begins} alone."


def _without_late(daily: Mapping[str, Mapping[date, Decimal]], through: date | None) -> date | None:
    """The last day, or the one before if it is far below what is usual: charges of it may come later."""
    for days in daily.values():
        amounts = sorted(map(abs, days.values()))
        floor = max(amounts[len(amounts) // 2] * _FLOOR, Decimal("0.01"))
        last = detect(_up_to(days, through), floor=floor)[-1:]
        if through and last and last[0].day == through and last[0].score < 0:
            return through - DAY
    return through


def _up_to(days: Mapping[date, Decimal], through: date | None) -> dict[date, Decimal]:
    """The days up to the last whole one, from the first that has a charge."""
    charged = [day for day, amount in days.items() if amount]
    return {
        day: amount for day, amount in days.items() if through and charged and charged[0] <= day <= through
    }


def _row(currency: str, found: Forecast, *, is_known: bool) -> ForecastRow:
    amounts = (found.spent, found.amount, found.low, found.high, found.error_percent)
    spent, amount, low, high, error = (
        plain(each) if each is not None and is_known else None for each in amounts
    )
    return {
        "currency": currency,
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


def _told(forecasts: Mapping[str, Forecast], through: date | None, why: str) -> list[str]:
    if why or not forecasts:
        return []
    told = [f"Spent is up to {through}."]
    short = [currency for currency, found in forecasts.items() if found.amount is None]
    if short:
        told.append(f"Less than {SHORTEST} days are loaded, too few for a forecast: {', '.join(short)}.")
    bare = [
        currency for currency, found in forecasts.items() if found.amount is not None and found.low is None
    ]
    if bare:
        told.append(f"No past forecast of as many days can be tested: no band of {', '.join(bare)}.")
    return told


def _basis(
    filters: Mapping[str, Sequence[Value]], start: date, until: date, costs: Snapshot, told: Sequence[str]
) -> Basis:
    question = Question(filters=filters, start=start, end=until)
    summary = summarize(question, costs, all_groups(question, costs).totals)
    found = basis(question, costs, coverage(question, costs), summary)
    return {**found, "hint": joined([*told, found["hint"] or ""])}
