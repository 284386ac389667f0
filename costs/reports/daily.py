"""What each day cost, by currency and by the values of a dimension; a day without charges cost nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from costs.errors import TooLargeError
from costs.query.dimensions import Value
from costs.query.groups import Groups, all_groups, grouped
from costs.query.periods import DAY
from costs.query.question import MAX_VALUES, Question
from costs.query.snapshot import Snapshot

Daily = Mapping[date, Decimal]
# Of a dimension with very many values, so many are looked at.
MOST = 2 * MAX_VALUES


def by_currency(question: Question, costs: Snapshot) -> dict[str, dict[date, Decimal]]:
    """What each day of the question's window cost, by currency."""
    groups = all_groups(replace(question, dimensions=("day",)), costs).groups
    return {currency: daily[None] for currency, daily in by_value(groups, question).items()}


def by_dimension(
    name: str, question: Question, costs: Snapshot, floors: Mapping[str, Decimal]
) -> tuple[dict[str, dict[Value, dict[date, Decimal]]], bool]:
    """The same by the values of a dimension that reach the floor of their currency on some day.

    Returns:
        The days, and whether they are of all these values: of very many, those that cost most in the window.
    """
    asked = replace(question, dimensions=("day", name))
    try:
        return by_value(all_groups(asked, costs, least=floors).groups, question), True
    except TooLargeError:
        groups = dict[tuple[Value, ...], Mapping[str, Decimal | None]]()
        for values in _largest(name, question, costs):
            filters = {**question.filters, name: values}
            groups.update(all_groups(replace(asked, filters=filters), costs).groups)
        return by_value(groups, question), False


def _largest(name: str, question: Question, costs: Snapshot) -> Iterable[list[Value]]:
    """The values of a dimension that cost most, as many at a time as a filter may have."""
    asked = replace(question, dimensions=(name,), order_by="billed_cost desc", limit=MOST)
    values = [key[0] for key in grouped(asked, costs).groups]
    return [values[first : first + MAX_VALUES] for first in range(0, len(values), MAX_VALUES)]


def by_value(groups: Groups, question: Question) -> dict[str, dict[Value, dict[date, Decimal]]]:
    """Sums by day, perhaps a value, and currency, as days by currency and value."""
    found: dict[str, dict[Value, dict[date, Decimal]]] = {}
    nothing = _nothing(question)
    for (day, *values, currency), sums in groups.items():
        value = values[0] if values else None
        values_of = found.setdefault(f"{currency}", {})
        if value not in values_of:
            values_of[value] = nothing.copy()
        values_of[value][date.fromisoformat(f"{day}")] = sums[question.base] or Decimal(0)
    return found


def _nothing(question: Question) -> dict[date, Decimal]:
    if question.start is None or question.end is None:
        raise ValueError("the days of an open window cannot be listed")
    count = (question.end - question.start).days
    return {question.start + DAY * number: Decimal(0) for number in range(count)}
