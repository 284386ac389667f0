"""Up to which day the costs of each source are known, and since when: what is not loaded is not 0."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from costs.errors import InvalidQuestionError
from costs.query.coverage import coverage
from costs.query.dimensions import Value
from costs.query.groups import all_groups
from costs.query.periods import DAY, add_months, month_of
from costs.query.question import EXCLUDES, Question
from costs.query.snapshot import Snapshot

# So many days after its first, a month that is not loaded is missing rather than about to come.
GRACE = 3
Filters = Mapping[str, Collection[Value]]
_OF_TIME = ("day", "month", "billing_month", "load")


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a source.

    Args:
        months: the months that are loaded, other than those last delivered before they were over.
        through: the last day that has charges and was over when they were delivered; None if none is recent.
    """

    months: frozenset[str]
    through: date | None

    def lacks(self, first: date, last: date) -> list[str]:
        """The months of these days that are not known."""
        month, found = first.replace(day=1), []
        while month <= last:
            if month_of(month) not in self.months and (last - month).days >= GRACE:
                found.append(month_of(month))
            month = add_months(month, 1)
        return found

    def since(self, last: date) -> date:
        """The first day of the months that are known without a gap, up to that of a day or the one before."""
        month = last.replace(day=1)
        if month_of(month) not in self.months:
            month = add_months(month, -1)
        while month_of(add_months(month, -1)) in self.months:
            month = add_months(month, -1)
        return month

    def gaps(self, since: date) -> list[str]:
        """The months before a day that are not known though earlier ones are, the latest ones in a row."""
        month, found = add_months(since, -1), []
        while month_of(month) not in self.months and month_of(month) > min(self.months, default="9"):
            found.append(month_of(month))
            month = add_months(month, -1)
        return found[::-1]


def check_filters(filters: Filters) -> None:
    """Refuse filters by time: what is usual shows only in all days.

    Raises:
        InvalidQuestionError: there is one.
    """
    names = [name for name in filters if name.removeprefix(EXCLUDES) in _OF_TIME]
    if names:
        raise InvalidQuestionError(
            f"The filter {names[0]} is of time.", hint="Leave it out: the days before show what is usual."
        )


def sources(filters: Filters, costs: Snapshot) -> dict[str, Source]:
    """The sources that have charges with these filters, by name."""
    question = Question(filters={name: list(values) for name, values in filters.items()})
    loaded = coverage(question, costs)
    last = _last_days(costs)
    return {
        name: Source(months - loaded.loaded_early.get(name, frozenset()), _through(name, last, costs))
        for name, months in loaded.loaded.items()
    }


def _last_days(costs: Snapshot) -> dict[Value, date]:
    """The last day up to yesterday on which each source has charges, this month or the one before."""
    today = costs.as_of.date()
    begins = add_months(today.replace(day=1), -1)
    groups = all_groups(Question(dimensions=("source", "day"), start=begins, end=today), costs).groups
    last: dict[Value, date] = {}
    for name, day, _ in groups:
        at = date.fromisoformat(f"{day}")
        last[name] = max(at, last.get(name, at))
    # What estimates gave way to tells the days in their place.
    handed_over = [
        (load, each.source) for load in costs.loads for each in load.replaces if load.source in last
    ]
    for load, name in handed_over:
        last[name] = max(last[load.source], last.get(name, last[load.source]))
    return last


def _through(name: str, last: Mapping[Value, date], costs: Snapshot) -> date | None:
    """The last day with charges that was over when they were delivered."""
    if name not in last:
        return None
    delivered = [
        (
            load.delivered_at if load.delivered_at and load.delivered_at <= costs.as_of else load.loaded_at
        ).date()
        for load in costs.loads
        if load.speaks_for(name)
        and load.billing_period >= month_of(add_months(last[name].replace(day=1), -1))
    ]
    return min(last[name], max(delivered, default=last[name] + DAY) - DAY)
