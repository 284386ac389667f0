"""What was spent of a budget in a period, day by day, and what will have been when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from catalog.pricing.decimals import EXACT, ROUNDED
from costs.query.coverage import Coverage, coverage
from costs.query.figures import HUNDRED, PERCENT_PLACES
from costs.query.groups import all_groups
from costs.query.periods import Window
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports.budget_terms import Period, Terms
from costs.reports.forecast import Forecast, forecast


def question_of(terms: Terms, period: Period) -> Question:
    """The question whose answer is what was spent: query_costs gives the same."""
    filters = {**terms.filters, "currency": [terms.currency]}
    return Question((terms.measure,), (), filters, period.start, period.end)


class Spending:
    """What was spent of a budget in a period.

    Args:
        terms: what it is for.
        period: when.
        costs: the costs of a moment.
    """

    def __init__(self, terms: Terms, period: Period, costs: Snapshot) -> None:
        self.terms = terms
        self.period = period
        self.costs = costs
        self.question = question_of(terms, period)

    @cached_property
    def is_complete(self) -> bool:
        """Whether no month of it that could be loaded is missing. Unknown charges are none of 0."""
        return bool(self._coverage.loaded) and not self._coverage.missing(self.period.window)

    @property
    def is_past(self) -> bool:
        return self.costs.as_of >= self.period.ends_at

    @cached_property
    def amount(self) -> Decimal | None:
        """What was spent; if it is not complete, of the months that are loaded; None if there are none."""
        totals = all_groups(self.question, self.costs).totals.get(self.terms.currency)
        if totals is not None:
            return totals[self.terms.measure]
        return Decimal(0) if self.is_complete else None

    @cached_property
    def percent(self) -> Decimal | None:
        return None if self.amount is None else percent(self.amount, self.terms.limit)

    @property
    def is_over(self) -> bool | None:
        """Whether more was spent than is allowed; None if that is not known."""
        if self.amount is not None and self.amount > self.terms.limit:
            return True
        return False if self.is_complete else None

    @cached_property
    def ahead(self) -> Forecast | None:
        """The forecast of a period that is not over; its amount is None if too few days are known."""
        if not self.is_complete or self.is_past:
            return None
        # A day that is not over would look like a fall.
        today = self.costs.as_of.date()
        days = {day: cost for day, cost in self._all_days.items() if day < today}
        return forecast(days, start=self.period.start, until=self.period.end)

    @property
    def forecast_amount(self) -> Decimal | None:
        return self.ahead.amount if self.ahead else None

    def over_since(self) -> date | None:
        return self.since(lambda spent: spent > self.terms.limit)

    def since(self, is_reached: Callable[[Decimal], bool]) -> date | None:
        """The first of the last days on which what was spent until then is enough; None if it is not."""
        first: date | None = None
        for day, spent in self._until_each_day():
            first = (first or day) if is_reached(spent) else None
        return first

    def _until_each_day(self) -> Iterator[tuple[date, Decimal]]:
        spent = Decimal(0)
        for day in sorted(self._all_days):
            if self.period.start <= day < self.period.end:
                spent = EXACT.add(spent, self._all_days[day])
                yield day, spent

    @cached_property
    def _coverage(self) -> Coverage:
        return coverage(self.question, self.costs)

    @cached_property
    def _all_days(self) -> Mapping[date, Decimal]:
        """What each day cost, as far back as costs are loaded: a forecast learns of all."""
        by_day = Question((self.terms.measure,), ("day",), self.question.filters)
        groups = all_groups(by_day, self.costs, Window(None, self.period.end)).groups
        return {
            date.fromisoformat(f"{day}"): sums[self.terms.measure] or Decimal(0)
            for (day, _), sums in groups.items()
        }


@dataclass(frozen=True, slots=True)
class Threshold:
    """Per cent of a limit, and since which day they are reached; None of a forecast."""

    percent: int
    since: date | None = None


def reached(spending: Spending) -> list[Threshold]:
    """The thresholds that the spending has reached, the lowest first."""
    found = []
    for each in sorted(spending.terms.thresholds):
        since = spending.since(partial(is_at, threshold=each, limit=spending.terms.limit))
        if since:
            found.append(Threshold(each, since))
    return found


def forecast_to_reach(spending: Spending) -> list[Threshold]:
    """The thresholds that the forecast of the period has reached, the lowest first."""
    amount, limit = spending.forecast_amount, spending.terms.limit
    wanted = sorted(spending.terms.forecast_thresholds)
    return [Threshold(each) for each in wanted if amount is not None and is_at(amount, each, limit)]


def is_at(amount: Decimal, threshold: int, limit: Decimal) -> bool:
    """Whether an amount is so many per cent of a limit, exactly."""
    return EXACT.multiply(amount, HUNDRED) >= EXACT.multiply(Decimal(threshold), limit)


def percent(amount: Decimal, limit: Decimal) -> Decimal:
    return ROUNDED.quantize(ROUNDED.multiply(ROUNDED.divide(amount, limit), HUNDRED), PERCENT_PLACES)
