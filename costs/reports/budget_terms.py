"""What a budget allowed at a moment, and the periods that it is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Self

from costs.models import Budget, BudgetChange
from costs.query.dimensions import Value, value_of
from costs.query.periods import DAY, Window, add_months, month_of

_MONTHS = {Budget.Period.MONTH: 1, Budget.Period.QUARTER: 3}


@dataclass(frozen=True, slots=True)
class Period:
    """A month or quarter, from `start` to the day before `end`."""

    start: date
    end: date
    unit: Budget.Period

    @classmethod
    def of(cls, day: date, unit: Budget.Period) -> Self:
        """The one that a day is in."""
        months = _MONTHS[unit]
        start = date(day.year, (day.month - 1) // months * months + 1, 1)
        return cls(start, add_months(start, months), unit)

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.end, time.min, UTC)

    def before(self) -> Self:
        return self.of(self.start - DAY, self.unit)

    def __str__(self) -> str:
        if self.unit is Budget.Period.MONTH:
            return month_of(self.start)
        return f"{self.start.year}-Q{(self.start.month + 2) // 3}"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a budget allows in each period, and at which per cent of it people are told."""

    limit: Decimal
    currency: str
    unit: Budget.Period
    measure: str
    filters: Mapping[str, Sequence[Value]]
    thresholds: Sequence[int]
    forecast_thresholds: Sequence[int]

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """The terms as Budget.terms says them."""
        return cls(
            Decimal(kept["amount"]),
            kept["currency"],
            Budget.Period(kept["period"]),
            kept["measure"],
            {name: [*map(value_of, values)] for name, values in kept["filters"].items()},
            kept["thresholds"],
            kept["forecast_thresholds"],
        )


class History:
    """The terms of a budget over time.

    Args:
        budget: the budget as it is.
    """

    def __init__(self, budget: Budget) -> None:
        changes = BudgetChange.objects.filter(budget=budget.name).order_by("at", "id")
        self._changes = list(changes.values_list("at", "terms"))
        self.now = Terms.read(budget.terms)

    def at(self, moment: datetime) -> Terms | None:
        """The terms of a moment; None if there was no such budget yet."""
        held = [terms for at, terms in self._changes if at <= moment]
        return Terms.read(held[-1]) if held and held[-1] else None

    def of(self, period: Period, as_of: datetime) -> Terms | None:
        """The terms that held when a period ended, or hold as of a moment in it."""
        return self.at(min(period.ends_at, as_of))
