"""What an answer adds in plain sentences: what is missing, unknown or made up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from catalog.pricing.decimals import plain
from costs.query.coverage import Coverage
from costs.query.dimensions import UNMAPPED
from costs.query.known_values import Unknown
from costs.query.nearest import quoted
from costs.query.past import Past
from costs.query.periods import Unit, after, first_day
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.statements import WITHOUT_TOKENS
from costs.query.summary import Summary
from costs.store.base import LoadedMonth

# Dimensions that an unmapped model leaves empty or marked.
_OF_MODELS = ("model", "developer")


def joined(sentences: Iterable[str]) -> str | None:
    """The sentences that there are, as one text."""
    return " ".join(filter(None, sentences)) or None


def demo(loads: Sequence[LoadedMonth]) -> str:
    made_up = [load for load in loads if load.is_demo]
    if not made_up:
        return ""
    if len(made_up) == len(loads):
        return "These costs are made-up demo data."
    return f"The costs of source {_listed({load.source for load in made_up})} are made-up demo data."


def nothing_found(summary: Summary, costs: Snapshot) -> str:
    """That no charge fits, lest an empty answer be taken for a cost of 0."""
    if summary.sums:
        return ""
    months = sorted({load.billing_period for load in costs.loads})
    return f"No charge fits the question. Loaded are the bills of {_spans(months)}."


def unknown_values(unknown: Iterable[Unknown]) -> str:
    return " ".join(map(_unknown, unknown))


def not_loaded(question: Question, coverage: Coverage) -> str:
    """The months of the window that are not loaded, and the one that is not over."""
    window, latest = question.window, coverage.latest
    missing = _missing(coverage.missing(window))
    has_latest = any(latest in months for months in coverage.loaded.values())
    is_asked = (window.end is None or window.end > first_day(latest)) and (
        window.start is None or window.start < first_day(after(latest, Unit.MONTH))
    )
    unfinished = f"{latest} is not over, so its costs are not complete." if has_latest and is_asked else ""
    ends = after(latest, Unit.MONTH)
    future = f"{ends} is in the future." if window.end and window.end > first_day(ends) else ""
    return " ".join(filter(None, [missing and f"Not loaded: {missing}.", unfinished, future]))


def not_loaded_before(past: Past | None) -> str:
    """The months that would have to be compared with, and are not loaded."""
    missing = _missing(past.coverage.missing(past.compared)) if past else ""
    if past is None or past.is_comparable:
        return ""
    null = "change is null where one of the two periods is not loaded."
    return f"Not loaded before: {missing}. {null}" if missing else null


def currencies(summary: Summary) -> str:
    if len(summary.currencies) < 2:  # noqa: PLR2004 several
        return ""
    return f"The bills are in {_listed(summary.currencies)}, which are not added up."


def without_tokens(question: Question, summary: Summary) -> str:
    """The cost that cost_per_million_tokens leaves out, such as searches, storage and reserved throughput."""
    if "cost_per_million_tokens" not in question.measures:
        return ""
    amounts = _amounts(summary.money(WITHOUT_TOKENS))
    return amounts and f"cost_per_million_tokens leaves out {amounts} of charges without tokens."


def unmapped(question: Question, summary: Summary) -> str:
    names = {*question.dimensions, *(wanted.dimension.name for wanted in question.read_filters())}
    amounts = _amounts(summary.money("unmapped"))
    if not amounts or names.isdisjoint(_OF_MODELS):
        return ""
    return f'{amounts} is of models whose names on the bill are not mapped to a model id: model "{UNMAPPED}".'


def _unknown(unknown: Unknown) -> str:
    known = (
        f"the nearest: {', '.join(map(quoted, unknown.nearest))}" if unknown.nearest else "nor one like it"
    )
    return f"No charge has {unknown.dimension} {quoted(unknown.value)}; {known}."


def _missing(missing: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{_spans(months)} of source {quoted(source)}" for source, months in missing.items())


def _spans(months: Sequence[str]) -> str:
    """Months in order, with those that follow each other as one span: 2026-08 to 2026-10, 2026-12."""
    starts = [months[0], *(later for month, later in pairwise(months) if after(month, Unit.MONTH) != later)]
    ends = [*(month for month, later in pairwise(months) if after(month, Unit.MONTH) != later), months[-1]]
    return ", ".join(
        start if start == end else f"{start} to {end}" for start, end in zip(starts, ends, strict=True)
    )


def _amounts(money: Mapping[str, Decimal]) -> str:
    return " and ".join(f"{plain(amount)} {currency}" for currency, amount in money.items() if amount)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(quoted, sorted(names)))
