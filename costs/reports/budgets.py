"""How budgets stand: spent exactly as query_costs adds it up, and the limit that held (docs/budgets.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.nearest import nearest
from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import plain
from costs.errors import UnknownBudgetError
from costs.models import Budget
from costs.query import answer_from
from costs.query.answer import CONTRACT, Load, Rested
from costs.query.answer import Period as Days
from costs.query.dimensions import Value
from costs.query.groups import all_groups
from costs.query.hints import joined
from costs.query.snapshot import Snapshot
from costs.reports.budget_spending import Spending, forecast_to_reach, percent, reached
from costs.reports.budget_terms import History, Period, Terms
from costs.wording import quoted

PAST_PERIODS = 6

Kind = Literal["actual", "forecast"]


class Reached(TypedDict):
    """A threshold that the spending, or the forecast of the period, has reached; per cent of the limit."""

    kind: Kind
    threshold: int
    since: str | None


class PastPeriod(TypedDict):
    """An earlier period. Its limit is null if there was no such budget yet; spent, if it is not loaded."""

    period: Days
    limit: str | None
    currency: str
    spent: str | None
    percent: str | None


class Ahead(TypedDict):
    """The forecast of a period that is not over."""

    forecast: str | None
    low: str | None
    high: str | None
    forecast_percent: str | None
    past_error_percent: str | None
    will_be_over: bool | None


class BudgetRow(Ahead):
    """A budget in one of its periods. Amounts are in its currency; null is unknown, never 0."""

    name: str
    unit: str
    period: Days
    limit: str
    currency: str
    measure: str
    filters: dict[str, list[Value]]
    spent: str | None
    percent: str | None
    is_complete: bool
    is_over: bool | None
    over_since: str | None
    reached: list[Reached]
    history: list[PastPeriod]
    owners: list[str]
    notes: str
    hint: str | None


class BudgetAnswer(Rested):
    """The answer of budget_status."""

    budgets: list[BudgetRow]


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget in a period, with the loads that say so, and whether any charge of any day is its."""

    row: BudgetRow
    has_charges: bool
    loads: Sequence[Load]
    is_estimate: bool
    is_demo: bool


def budget_status(costs: Snapshot, *, name: str | None = None) -> BudgetAnswer:
    """How the budgets stand in their periods of the costs' moment.

    Args:
        costs: the costs of a moment; the terms are those of that moment too.
        name: the only budget; None for all.

    Raises:
        UnknownBudgetError: there is no budget of this name.
    """
    states = [state for budget in _called(name) if (state := state_of(budget, costs, costs.as_of.date()))]
    loads = {load["load"]: load for state in states for load in state.loads}
    return {
        "contract": CONTRACT,
        "loads": sorted(loads.values(), key=lambda load: (load["source"], load["billing_month"])),
        "as_of": utc_text(costs.as_of),
        "is_estimate": any(state.is_estimate for state in states),
        "is_demo": any(state.is_demo for state in states),
        "hint": None if states else "There are no budgets. Staff may add some in the admin.",
        "budgets": [state.row for state in states],
    }


def state_of(budget: Budget, costs: Snapshot, day: date) -> BudgetState | None:
    """A budget in its period of a day, by the terms that held at its end, or hold as of the costs' moment.

    Returns:
        None if there was no such budget.

    Raises:
        InvalidQuestionError: its filters can no longer be used.
    """
    history = History(budget)
    now = history.at(costs.as_of)
    if now is None:
        return None
    period = Period.of(day, now.unit)
    terms = history.of(period, costs.as_of)
    if terms is None or terms.unit != period.unit:
        return None
    spending = Spending(terms, period, costs)
    answer = answer_from(spending.question, costs)
    row: BudgetRow = {
        "name": budget.name,
        "unit": terms.unit.value,
        "period": _days(period),
        "limit": plain(terms.limit),
        "currency": terms.currency,
        "measure": terms.measure,
        "filters": {name: [*values] for name, values in terms.filters.items()},
        "spent": _text(spending.amount),
        "percent": _text(spending.percent),
        "is_complete": spending.is_complete,
        "is_over": spending.is_over,
        "over_since": _day(spending.over_since()) if spending.is_over else None,
        **_ahead(spending),
        "reached": _reached(spending),
        "history": [*_past(history, terms, period, costs)],
        "owners": [*budget.owners],
        "notes": budget.notes,
        "hint": joined([answer["hint"] or "", _other_currencies(spending)]),
    }
    return BudgetState(row, spending.has_charges, answer["loads"], answer["is_estimate"], answer["is_demo"])


def _called(name: str | None) -> list[Budget]:
    budgets = list(Budget.objects.all())
    if name is None:
        return budgets
    names = [budget.name for budget in budgets]
    if name not in names:
        raise UnknownBudgetError(
            f"There is no budget {quoted(name)}.",
            hint="Ask without a name to see all.",
            candidates=nearest(name, names),
        )
    return [budget for budget in budgets if budget.name == name]


def _ahead(spending: Spending) -> Ahead:
    """What the period will have cost, unless it is over."""
    found, amount = spending.ahead, spending.forecast
    return {
        "forecast": found and found["forecast"],
        "low": found and found["low"],
        "high": found and found["high"],
        "forecast_percent": None if amount is None else plain(percent(amount, spending.terms.limit)),
        "past_error_percent": found and found["past_error_percent"],
        "will_be_over": _will_be_over(spending),
    }


def _will_be_over(spending: Spending) -> bool | None:
    if spending.is_over or spending.is_past:
        return spending.is_over
    amount = spending.forecast
    return None if amount is None else amount > spending.terms.limit


def _reached(spending: Spending) -> list[Reached]:
    actual: list[Reached] = [
        {"kind": "actual", "threshold": each.percent, "since": _day(each.since)} for each in reached(spending)
    ]
    ahead: list[Reached] = [
        {"kind": "forecast", "threshold": each.percent, "since": None} for each in forecast_to_reach(spending)
    ]
    return [*actual, *ahead]


def _past(history: History, now: Terms, period: Period, costs: Snapshot) -> Iterator[PastPeriod]:
    """The periods before, the latest first, each by the terms that held when it ended."""
    for _ in range(PAST_PERIODS):
        period = period.before()
        then = history.at(period.ends_at)
        held = then is not None and then.unit == now.unit
        terms = then if then is not None and held else now
        spending = Spending(terms, period, costs)
        is_known = spending.is_complete
        yield {
            "period": _days(period),
            "limit": plain(terms.limit) if held else None,
            "currency": terms.currency,
            "spent": _text(spending.amount) if is_known else None,
            "percent": _text(spending.percent) if held and is_known else None,
        }


def _other_currencies(spending: Spending) -> str:
    """What the filters match in other currencies, which no budget adds up."""
    terms = spending.terms
    all_currencies = replace(spending.question, filters=terms.filters)
    totals = all_groups(all_currencies, spending.costs).totals
    others = [
        f"{plain(sums[terms.measure] or Decimal(0))} {currency}"
        for currency, sums in totals.items()
        if currency != terms.currency
    ]
    if not others:
        return ""
    return (
        f"Its filters match {' and '.join(others)} too, which it does not count: it is in {terms.currency}."
    )


def _days(period: Period) -> Days:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
