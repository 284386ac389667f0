"""Months whose days are judged, each by days that are the same whatever window is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from catalog.pricing.decimals import NANO, ROUNDED
from costs.query.periods import DAY, add_months, month_of
from costs.query.question import MAX_DIMENSIONS, Question
from costs.query.snapshot import Snapshot
from costs.reports.robust import median
from costs.reports.usual import SHORTEST
from costs.reports.watched_costs import WatchedCosts
from costs.reports.whole_days import Source

# By default, anomalies are looked for and explained by these.
DEFAULT_DIMENSIONS = ("cloud", "model", "customer", "meter")
# What is usual in a month is learned from so many months before.
HISTORY = 3
# A source that is so many days behind the others is left out, lest the days it lacks look like a drop.
LATE = 3
# Less than this a day is no anomaly, in any currency, nor is less than this part of a typical day.
FLOOR = Decimal(1)
FLOOR_PART = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class JudgedMonth:
    """A month, with what its days are judged by.

    Args:
        first: its first day.
        through: its last day that is loaded of all sources that are not left out.
        whole_to: later days may lack charges.
        left_out: why a source is left out, by its name.
        looked: the charges of its days and of the months before.
    """

    first: date
    through: date
    whole_to: date
    left_out: Mapping[str, str]
    looked: WatchedCosts

    @property
    def begins(self) -> date:
        """The first day of it that can be judged: the first two weeks of charges are only learned from."""
        charged = self.looked.question.start or self.first
        return max(self.first, charged + SHORTEST * DAY)

    def floors(self) -> dict[str, Decimal]:
        """By currency, the least that is told; by the months before, so that it stays as it is."""
        return {currency: self._floor(daily) for currency, daily in self.looked.totals.items()}

    def _floor(self, daily: Mapping[date, Decimal]) -> Decimal:
        before = [amount for day, amount in daily.items() if day < self.first]
        known = before if len(before) >= SHORTEST else daily.values()
        typical = median([abs(amount) for amount in known])
        return max(FLOOR, ROUNDED.quantize(typical * FLOOR_PART, NANO))


@dataclass(frozen=True, slots=True)
class UnknownMonth:
    """A month of which no day can be judged.

    Args:
        first: its first day.
        left_out: why a source is left out, by its name.
        is_ahead: whether it is later than what is loaded.
    """

    first: date
    left_out: Mapping[str, str]
    is_ahead: bool


def judged_months(
    question: Question, costs: Snapshot, found: Mapping[str, Source], dimensions: Sequence[str]
) -> Iterator[JudgedMonth | UnknownMonth]:
    """The months of a question's window, in order.

    Args:
        question: its window has both ends.
        costs: the costs of a moment.
        found: the sources that have charges with its filters, by name.
        dimensions: by whose values to look.
    """
    explaining = list(dict.fromkeys([*dimensions, *DEFAULT_DIMENSIONS]))[:MAX_DIMENSIONS]
    for month in question.window.months():
        first = date.fromisoformat(f"{month}-01")
        known, left_out = _known(found, first)
        loaded = min((source.through for source in known.values() if source.through), default=None)
        if loaded is None or loaded < first:
            yield UnknownMonth(first, left_out, is_ahead=loaded is not None)
            continue
        through = min(loaded, add_months(first, 1) - DAY)
        of_known = {**question.filters, **({"source": sorted(known)} if left_out else {})}
        days = replace(question, start=_begins(known, first), end=through + DAY, filters=of_known)
        looked = WatchedCosts(days, costs, dimensions, explaining)
        # The last day that is loaded may lack charges that come later.
        yield JudgedMonth(first, through, loaded - DAY, left_out, looked)


def _known(found: Mapping[str, Source], first: date) -> tuple[dict[str, Source], dict[str, str]]:
    """The sources whose days of a month are known, and of the others why they are not."""
    end = add_months(first, 1)
    last = {name: min(source.through, end - DAY) for name, source in found.items() if source.through}
    newest = max(last.values(), default=None)
    left_out = {}
    for name, source in found.items():
        lacking = source.lacks(first, last[name]) if name in last and last[name] >= first else []
        if name not in last:
            left_out[name] = "has no charges of this month or the last"
        elif newest and (newest - last[name]).days > LATE:
            left_out[name] = f"has charges up to {last[name]} only"
        elif lacking:
            left_out[name] = f"lacks {month_of(first)}"
    return {name: source for name, source in found.items() if name not in left_out}, left_out


def _begins(known: Mapping[str, Source], first: date) -> date:
    """The first day of the months before one that are known of all sources without a gap, a few at most."""
    return max(add_months(first, -HISTORY), *(source.since(first) for source in known.values()))
