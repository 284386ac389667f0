"""What was spent of a budget in a period, day by day, and what will have been when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from catalog.pricing.decimals import EXACT, ROUNDED
from costs.query.coverage import Coverage, coverage
from costs.query.figures import HUNDRED, PERCENT_PLACES
from costs.query.groups import all_groups
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports.budget_terms import Period, Terms
from costs.reports.forecasts import ForecastRow, forecast_costs


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
        if self.has_charges:
            return not self._coverage.missing(self.period.window)
        # Its first charges may come from any source.
        are_loaded = all(source.was_loaded for source in self.costs.sources)
        return are_loaded and not coverage(Question(), self.costs).missing(self.period.window)

    @property
    def has_charges(self) -> bool:
        """Whether any charge of any day is its."""
        return bool(self._coverage.loaded)

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
    def ahead(self) -> ForecastRow | None:
        """The forecast of a period that is not over; None if it is not known."""
        if not self.is_complete or self.is_past:
            return None
        rows = forecast_costs(
            self.question.filters, self.period.end, self.costs, self.period.start, self.terms.measure
        )["rows"]
        return next((row for row in rows if row["currency"] == self.terms.currency), None)

    @property
    def forecast(self) -> Decimal | None:
        amount = self.ahead and self.ahead["forecast"]
        return Decimal(amount) if amount else None

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
        for day in sorted(self._days):
            spent = EXACT.add(spent, self._days[day])
            yield day, spent

    @cached_property
    def _coverage(self) -> Coverage:
        return coverage(self.question, self.costs)

    @cached_property
    def _days(self) -> Mapping[date, Decimal]:
        """What each day of the period cost."""
        groups = all_groups(replace(self.question, dimensions=("day",)), self.costs).groups
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
    amount, limit = spending.forecast, spending.terms.limit
    wanted = sorted(spending.terms.forecast_thresholds)
    return [Threshold(each) for each in wanted if amount is not None and is_at(amount, each, limit)]


def is_at(amount: Decimal, threshold: int, limit: Decimal) -> bool:
    """Whether an amount is so many per cent of a limit, exactly."""
    return EXACT.multiply(amount, HUNDRED) >= EXACT.multiply(Decimal(threshold), limit)


def percent(amount: Decimal, limit: Decimal) -> Decimal:
    return ROUNDED.quantize(ROUNDED.multiply(ROUNDED.divide(amount, limit), HUNDRED), PERCENT_PLACES)
