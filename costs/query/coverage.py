"""Which months are loaded, and which are missing from a window: what was never loaded is unknown, not 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from costs.query.periods import Window, add_months, first_day, month_of
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.statements import by_load
from costs.store.base import LoadedMonth


@dataclass(frozen=True, slots=True)
class Coverage:
    """The loaded months of each source whose charges a question is about.

    Args:
        loaded: the months by source.
        latest: the month of the snapshot, which is not over; later ones cannot be loaded.
        loaded_early: of the months before, those that were last delivered before they were over.
    """

    loaded: Mapping[str, frozenset[str]]
    latest: str
    loaded_early: Mapping[str, frozenset[str]]

    def missing(self, window: Window) -> dict[str, list[str]]:
        """The months of the window that are not loaded, by source; sources without any are left out."""
        asked = self._months(window)
        found = {
            source: [month for month in asked if month not in self.loaded[source]] for source in self.loaded
        }
        return {source: months for source, months in found.items() if months}

    def lacking(self, window: Window) -> dict[str, list[str]]:
        """The same without months before a source's first one: it had not begun, and lacks nothing."""
        found = {
            source: [month for month in months if month > min(self.loaded[source])]
            for source, months in self.missing(window).items()
        }
        return {source: months for source, months in found.items() if months}

    def early(self, window: Window) -> dict[str, list[str]]:
        """The months of the window whose later charges are not loaded, by source."""
        asked = self._months(window)
        found = {
            source: [month for month in asked if month in self.loaded_early[source]] for source in self.loaded
        }
        return {source: months for source, months in found.items() if months}

    def has(self, months: Iterable[str]) -> bool:
        """Whether all sources have all of these months."""
        return all(month in loaded for month in months for loaded in self.loaded.values())

    def has_any(self, window: Window) -> bool:
        """Whether a source has a month of the window."""
        return any(window.touches(month) for months in self.loaded.values() for month in months)

    def _months(self, window: Window) -> list[str]:
        """The months of the window up to the latest. An open end is where any source's months end."""
        known = sorted(month for months in self.loaded.values() for month in months)
        if not known:
            return []
        start = window.start or first_day(known[0])
        end = window.end or add_months(first_day(known[-1]), 1)
        return [month for month in Window(start, end).months() if month <= self.latest]


def coverage(question: Question, costs: Snapshot) -> Coverage:
    """The coverage of the sources that have charges with the question's filters, at any time."""
    latest = month_of(costs.as_of)
    early = [load for load in costs.loads if _delivered(load, costs) <= load.billing_period < latest]
    names = {load.source for load in costs.loads}
    if question.filters:
        ids = {record["load"] for record in costs.run(by_load(question))}
        names = {load.source for load in costs.called(ids)}
    return Coverage(_months(costs.loads, names), latest, _months(early, names))


def _delivered(load: LoadedMonth, costs: Snapshot) -> str:
    """The month in which the charges of a load were last delivered, as far as was known then."""
    at = load.delivered_at
    return month_of(at if at and at <= costs.as_of else load.loaded_at)


def _months(loads: Sequence[LoadedMonth], sources: Iterable[str]) -> dict[str, frozenset[str]]:
    """The months of these loads by source."""
    return {
        source: frozenset(load.billing_period for load in loads if load.speaks_for(source))
        for source in sorted(sources)
    }
