"""The period before a question's own, for measure change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from costs.query.coverage import Coverage
from costs.query.groups import Groups, Key, all_groups, totals
from costs.query.periods import Unit, Window, after, month_before
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.summary import Summary, Sums, summarize


@dataclass(frozen=True, slots=True)
class Past:
    """What was charged in the period before.

    Args:
        question: the question.
        window: that period.
        compared: all days that some row or total is compared with, as far as they are before the question's.
        summary: its totals.
        groups: its groups by the key that each has in the question's own period. A day or a month is compared
            with the one before it.
        coverage: which months are loaded: an amount is unknown if one of them is missing.
    """

    question: Question
    window: Window
    compared: Window
    summary: Summary
    groups: Groups
    coverage: Coverage

    @property
    def without_same_days(self) -> frozenset[str]:
        """The months of rows whose days the month before lacks."""
        time, window = self.question.time, self.question.window
        if time is None or time.unit is not Unit.MONTH:
            return frozenset()
        lacking = window.without_same_days_before()
        # Charges of any day may be billed in any month.
        return frozenset(window.months()) if lacking and time.name == "billing_month" else lacking

    def before(self, key: Key, now: Sums) -> Sums | None:
        """The sums of a group in the period before, None if the two periods cannot be compared.

        Args:
            key: of the group.
            now: its sums in the question's period.
        """
        return _or_nothing(self.groups.get(key), now) if self._is_comparable(key) else None

    def ended(self, groups: Groups) -> Groups:
        """The groups of the period before that are not among these, without charges."""
        return {
            key: nothing(sums)
            for key, sums in self.groups.items()
            if key not in groups and self._is_comparable(key)
        }

    def total_before(self, currency: str, now: Sums) -> Sums | None:
        """The sums of all rows in the period before, None if the two periods cannot be compared."""
        return _or_nothing(self.summary.sums.get(currency), now) if self.is_comparable else None

    @property
    def is_comparable(self) -> bool:
        """Whether both periods are loaded."""
        return self.coverage.has([*self.window.months(), *self.question.window.months()])

    def _is_comparable(self, key: Key) -> bool:
        """Whether the day or month of a group, or else the whole period, has a loaded one to compare with."""
        time = self.question.time
        if time is None or time.unit is None:
            return self.is_comparable
        moment = f"{key[self.question.keys.index(time)]}"
        if moment in self.without_same_days:
            return False
        return self.coverage.has([month_before(moment, time.unit), moment[: len("2026-10")]])


def look_back(question: Question, costs: Snapshot, coverage: Coverage) -> Past | None:
    """The period before, if the question asks for change."""
    if "change" not in question.measures:
        return None
    window, time = question.window.before(), question.time
    rows_window = question.window.back(time.unit) if time and time.unit else window
    found = all_groups(question, costs, rows_window)
    groups = found.groups
    sums = found.totals if rows_window == window else totals(question, costs, window)
    if time and time.unit:
        groups = _moved(groups, question.keys.index(time), time.unit)
    compared = Window(_first(window, rows_window), question.start)
    return Past(question, window, compared, summarize(question, costs, sums, window), groups, coverage)


def _moved(groups: Groups, place: int, unit: Unit) -> Groups:
    """The groups with the day or month after theirs, which they are compared with."""
    return {
        (*key[:place], after(f"{key[place]}", unit), *key[place + 1 :]): sums for key, sums in groups.items()
    }


def _first(*windows: Window) -> date:
    return min(window.start for window in windows if window.start)


def nothing(sums: Sums) -> Sums:
    """The sums of a group without charges: 0, where there was something to add up."""
    return {name: None if value is None else value * 0 for name, value in sums.items()}


def _or_nothing(sums: Sums | None, now: Sums) -> Sums:
    return nothing(now) if sums is None else sums
