"""Which days of each currency are known: those of the sources that have charges in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from costs.query.dimensions import Value
from costs.query.groups import all_groups
from costs.query.periods import DAY, add_months
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports.whole_days import Source, sources
from costs.wording import counted, quoted

# Past forecasts are tested on so many months.
HISTORY = 6
Filters = Mapping[str, Sequence[Value]]


@dataclass(frozen=True, slots=True)
class KnownDays:
    """The known days of a currency.

    Args:
        sources: those that have charges in it, by name.
        through: the last day that is known of all of them; None if there is none.
        why: a sentence if nothing can be said.
    """

    sources: Mapping[str, Source]
    through: date | None
    why: str

    def begins(self, start: date) -> date:
        """The first day of the months that are known of all sources without a gap, a few at most."""
        if self.through is None:
            return start
        earliest = add_months(start.replace(day=1), -HISTORY)
        return max(earliest, *(source.since(self.through) for source in self.sources.values()))

    def short(self, start: date, through: date) -> str:
        """Which months before the period are missing, so that the forecast rests on the days after them."""
        begins = self.begins(start)
        found = {name: source for name, source in self.sources.items() if source.since(through) == begins}
        months = _by_source({name: source.gaps(begins) for name, source in found.items()})
        days = counted((through - begins).days + 1, "day")
        alone = f"So it is forecast from the {days} since {begins} alone."
        return months and f"Not loaded or not complete: {months}. {alone}"


def known_days(filters: Filters, start: date, until: date, costs: Snapshot) -> dict[str, KnownDays]:
    """The known days of each currency that charges with these filters are in.

    Args:
        filters: as of a Question.
        start: the first day of the period to forecast.
        until: the day after its last.
        costs: the costs of a moment.
    """
    found = sources(filters, costs)
    groups = all_groups(Question(dimensions=("source",), filters=filters), costs).groups
    names: dict[str, list[str]] = {}
    for name, currency in groups:
        names.setdefault(f"{currency}", []).append(f"{name}")
    return {
        currency: _known_days({name: found[name] for name in sorted(names[currency])}, start, until, costs)
        for currency in sorted(names)
    }


def late(known: Mapping[str, KnownDays], until: date) -> Iterator[str]:
    """The sources after whose last day others are known, and the currencies that wait for them."""
    days = {name: source.through for each in known.values() for name, source in each.sources.items()}
    latest = max((min(day, until - DAY) for day in days.values() if day), default=until)
    for name, day in sorted(days.items()):
        waiting = [each for each, of in known.items() if name in of.sources and of.through == day]
        if day and day < latest and waiting:
            ends = f"so {', '.join(waiting)} ends there."
            yield f"Nothing of source {quoted(name)} is known after {day}, {ends}"


def _known_days(found: Mapping[str, Source], start: date, until: date, costs: Snapshot) -> KnownDays:
    return KnownDays(found, _through(found, until), _unknown(found, start, costs.as_of.date()))


def _through(found: Mapping[str, Source], until: date) -> date | None:
    """The last day that is known of all sources."""
    days = [source.through for source in found.values()]
    known = [day for day in days if day]
    return min([*known, until - DAY]) if known and len(known) == len(days) else None


def _unknown(found: Mapping[str, Source], start: date, today: date) -> str:
    """Why nothing can be said."""
    months = _by_source({name: source.lacks(start, today) for name, source in found.items()})
    if months:
        return f"Unknown, since not loaded or not complete: {months}. Load it, or leave it out by not_source."
    stale = ", ".join(quoted(name) for name, source in found.items() if source.through is None)
    if stale:
        return f"Unknown, since no charges of {stale} are loaded of this month or the last."
    return ""


def _by_source(months: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{', '.join(each)} of source {quoted(name)}" for name, each in months.items() if each)
