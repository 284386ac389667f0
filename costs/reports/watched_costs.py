"""The costs in which anomalies are looked for, as days by dimension and as the charges of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from costs.errors import TooLargeError
from costs.query.dimensions import Value
from costs.query.groups import all_groups
from costs.query.periods import DAY
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports.causes import Cause, Key
from costs.reports.daily import by_currency, by_dimension


@dataclass
class WatchedCosts:
    """The costs that are looked at.

    Args:
        question: the window, from which what is usual is learned too, and the filters.
        costs: the costs of a moment.
        watched: the dimensions by whose values anomalies are looked for.
        dimensions: those that explain them.
    """

    question: Question
    costs: Snapshot
    watched: Sequence[str]
    dimensions: Sequence[str]
    cut: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        totals = by_currency(self.question, self.costs)
        # Before the first charge of all, nothing is known rather than 0.
        charged = (day for daily in totals.values() for day, amount in daily.items() if amount)
        first = min(charged, default=self.question.start)
        self.question = replace(self.question, start=first)
        self.totals = {
            currency: {day: amount for day, amount in daily.items() if first is None or day >= first}
            for currency, daily in totals.items()
        }
        self._by: dict[str, dict[str, dict[Value, dict[date, Decimal]]]] = {}
        self._cells: dict[tuple[frozenset[date], int], dict[Key, Decimal]] = {}

    def by(
        self, name: str, floors: Mapping[str, Decimal]
    ) -> Mapping[str, Mapping[Value, Mapping[date, Decimal]]]:
        """The days of each value that reaches the floor, without which no day of it can be told."""
        if name not in self._by:
            self._by[name], is_all = by_dimension(name, self.question, self.costs, floors)
            self.cut += [] if is_all else [name]
        return self._by[name]

    def cells(self, days: frozenset[date]) -> Mapping[Key, Decimal]:
        """What these days cost by the dimensions and the currency; by fewer of them if there are too many."""
        key = days, len(self.dimensions)
        if key not in self._cells:
            try:
                self._cells[key] = self._ask(days)
            except TooLargeError:
                if len(self.dimensions) == 1:
                    raise
                self.dimensions = self.dimensions[:-1]
                return self.cells(days)
        return self._cells[key]

    def _ask(self, days: frozenset[date]) -> dict[Key, Decimal]:
        filters = {**self.question.filters, "day": [f"{day}" for day in sorted(days)]}
        asked = replace(
            self.question, dimensions=self.dimensions, filters=filters, start=min(days), end=max(days) + DAY
        )
        groups = all_groups(asked, self.costs).groups
        return {key: sums["billed_cost"] or Decimal(0) for key, sums in groups.items()}


@dataclass
class CurrencyBill:
    """The charges of one currency; what is asked of the store is shared by all of them."""

    currency: str
    costs: WatchedCosts
    floors: Mapping[str, Decimal]

    @property
    def dimensions(self) -> Sequence[str]:
        return self.costs.dimensions

    def series(self) -> Iterator[tuple[Cause, Mapping[date, Decimal]]]:
        yield {}, self.costs.totals[self.currency]
        for name in self.costs.watched:
            for value, daily in self.costs.by(name, self.floors).get(self.currency, {}).items():
                yield {name: value}, daily

    def cells(self, days: Collection[date]) -> Mapping[Key, Decimal]:
        found = self.costs.cells(frozenset(days))
        return {key[:-1]: amount for key, amount in found.items() if key[-1] == self.currency}
