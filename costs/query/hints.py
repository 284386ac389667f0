"""What an answer adds in plain sentences: what is missing, unknown or made up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations, pairwise

from catalog.pricing.decimals import exact_sum, plain
from costs.query.coverage import Coverage
from costs.query.dimensions import UNMAPPED
from costs.query.known_values import Unknown
from costs.query.past import Past
from costs.query.periods import Unit, Window, after, first_day
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.statements import WITHOUT_TOKENS, counts, lacking, unknown_cost, unknown_rows
from costs.query.summary import Summary
from costs.store.base import LoadedMonth, SourceState
from costs.wording import printable, quoted

# Of many things of a kind, as many are told.
MAX_TOLD = 5
# Of why a delivery was refused, as many characters.
MAX_REASON = 300
# Dimensions that an unmapped model leaves empty or marked.
_OF_MODELS = ("model", "developer")


def joined(sentences: Iterable[str]) -> str | None:
    """The sentences that there are, as one text."""
    return " ".join(filter(None, sentences)) or None


def by_source(missing: Mapping[str, Sequence[str]]) -> str:
    """Months of sources, a few of many."""
    told = [f"{_spans(months)} of source {quoted(source)}" for source, months in missing.items()]
    return "; ".join(_some(told, "sources"))


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


def estimates(loads: Sequence[LoadedMonth]) -> str:
    """The months whose charges are estimates rather than bills."""
    months: dict[str, set[str]] = {}
    for load in loads:
        if load.is_estimate:
            months.setdefault(load.source, set()).add(load.billing_period)
    told = by_source({source: sorted(found) for source, found in months.items()})
    return told and f"Estimates until a bill is loaded: {told}."


def unknown_values(told: Iterable[Unknown], more: int) -> str:
    others = f"Nor does any charge have {more} more of the values." if more else ""
    return " ".join(filter(None, [*map(_unknown, told), others]))


def not_loaded(question: Question, coverage: Coverage) -> str:
    """The months of the window that are not loaded, and the one that is not over."""
    window, latest = question.window, coverage.latest
    missing = by_source(coverage.missing(window))
    has_latest = any(latest in months for months in coverage.loaded.values())
    is_asked = (
        not any(wanted.leaves_out(latest) for wanted in question.read_filters())
        and (window.end is None or window.end > first_day(latest))
        and (window.start is None or window.start < first_day(after(latest, Unit.MONTH)))
    )
    unfinished = ""
    if has_latest and is_asked:
        compared = ", and change compares them with a whole period" if "change" in question.measures else ""
        unfinished = f"{latest} is not over, so its costs are not complete{compared}."
    ends = after(latest, Unit.MONTH)
    future = f"{ends} is in the future." if window.end and window.end > first_day(ends) else ""
    lacking = f"Not loaded: {missing}, which the figures lack." if missing else ""
    return " ".join(filter(None, [lacking, _loaded_early(coverage, window), unfinished, future]))


def not_loaded_before(past: Past | None) -> str:
    """The months that would have to be compared with, and are not loaded."""
    missing = by_source(past.coverage.missing(past.compared)) if past else ""
    if past is None or past.is_comparable:
        return ""
    null = "change is null where one of the two periods is not loaded."
    return f"Not loaded before: {missing}. {null}" if missing else null


def compared_early(past: Past | None) -> str:
    """The months compared with whose later charges are not loaded."""
    early = by_source(past.coverage.early(past.compared)) if past else ""
    return early and f"change compares with what was loaded before its month was over: {early}."


def unlike(past: Past | None) -> str:
    """The months that are not compared, since the month before has other days."""
    if past is None or not past.without_same_days:
        return ""
    months = _spans(sorted(past.without_same_days))
    return f"change is null for {months}, of whose days the month before lacks some: ask for whole months."


def refused(question: Question, costs: Snapshot, coverage: Coverage) -> str:
    """What sources have brought that was not loaded, or that they have brought nothing."""
    told = [
        sentence
        for state in costs.sources
        if _may_have_charges(question, state, coverage)
        for sentence in _troubles(question, state, costs)
    ]
    return " ".join(_some(told, "such months."))


def twice(loads: Sequence[LoadedMonth]) -> str:
    """The billing accounts of which two sources of an answer have the same money."""
    told = [
        f"Billing account {quoted(account)} ({cloud}) has {_amounts(billed)} of {one.billing_period} in "
        f"source {quoted(one.source)} and in source {quoted(other.source)}: one bill in two counts twice."
        for one, other in combinations(loads, 2)
        if one.billing_period == other.billing_period and one.source != other.source
        for (cloud, account), billed in one.same_accounts(other).items()
    ]
    return " ".join(_some(told, "such accounts."))


def doubts(loads: Sequence[LoadedMonth]) -> str:
    """What may make the sums of loads wrong."""
    months = {(load.source, load.billing_period) for load in loads}
    told = [
        f"{load.billing_period} of source {quoted(load.source)}: {printable(doubt.says)}"
        for load in loads
        for doubt in load.doubts
        if not doubt.source or (doubt.source, load.billing_period) in months
    ]
    return " ".join(_some(told, "such doubts."))


def currencies(summary: Summary) -> str:
    if len(summary.currencies) < 2:  # noqa: PLR2004 several
        return ""
    found = _listed(summary.currencies)
    return f"The bills are in {found}, which are not added up. Filter by currency to compare amounts."


def without_tokens(question: Question, summary: Summary) -> str:
    """The cost that cost_per_million_tokens leaves out, such as searches, storage and reserved throughput."""
    if "cost_per_million_tokens" not in question.measures:
        return ""
    amounts = _amounts(summary.money(WITHOUT_TOKENS))
    return amounts and f"cost_per_million_tokens leaves out {amounts} of charges without tokens."


def unknown_counts(question: Question, summary: Summary) -> str:
    """That a sum of tokens or requests is of those charges only whose unit says how many they are."""
    return " ".join(filter(None, (_unknown_count(name, summary) for name in counts(question))))


def without_list_cost(question: Question, summary: Summary) -> str:
    """The charges that a sum of list costs leaves out, since the bill gives none."""
    return " ".join(filter(None, (_lacking(name, summary) for name in lacking(question))))


def unmapped(question: Question, summary: Summary) -> str:
    names = {*question.dimensions, *(wanted.dimension.name for wanted in question.read_filters())}
    amounts = _amounts(summary.money("unmapped"))
    if not amounts or names.isdisjoint(_OF_MODELS):
        return ""
    return f'{amounts} is of models whose names on the bill are not mapped to a model id: model "{UNMAPPED}".'


def _unknown_count(name: str, summary: Summary) -> str:
    """Of tokens or requests."""
    count = exact_sum(summary.money(unknown_rows(name)).values())
    if not count:
        return ""
    amounts = _amounts(summary.money(unknown_cost(name))) or "0"
    return f"{name} leaves out charges for {amounts} (rows: {count:,}) whose unit does not say how many."


def _lacking(measure: str, summary: Summary) -> str:
    count = exact_sum(summary.money(unknown_rows(measure)).values())
    if not count:
        return ""
    amounts = _amounts(summary.money(unknown_cost(measure))) or "0"
    return (
        f"{measure} leaves out charges billed at {amounts} (rows: {count:,}), for which the bill gives none."
    )


def _may_have_charges(question: Question, state: SourceState, coverage: Coverage) -> bool:
    """Whether a source has charges with the question's filters, or may have."""
    named = [wanted for wanted in question.read_filters() if wanted.dimension.name == "source"]
    if any((state.name in wanted.values) is wanted.excludes for wanted in named):
        return False
    return state.name in coverage.loaded or not state.was_loaded


def _troubles(question: Question, state: SourceState, costs: Snapshot) -> Iterator[str]:
    source = f"Source {quoted(state.name)}"
    refusals = [each for each in state.refusals if each.at <= costs.as_of]
    if not state.was_loaded and not refusals:
        yield f"{source} is enabled, but nothing of it was ever loaded."
    elif not state.was_read:
        yield f"{source} could not be read the last time. Ask the operator to run load_costs."
    for each in refusals:
        if question.window.touches(each.month):
            why = quoted(each.why, MAX_REASON)
            yield f"{source}: its last delivery of {each.month} was refused on {each.at:%Y-%m-%d}: {why}."


def _some(told: Sequence[str], what: str) -> list[str]:
    """A few of many, and how many more there are."""
    more = len(told) - MAX_TOLD
    return [*told[:MAX_TOLD], *([f"and {more:,} more {what}"] if more > 0 else [])]


def _loaded_early(coverage: Coverage, window: Window) -> str:
    early = by_source(coverage.early(window))
    return f"Loaded before the month was over, so not complete: {early}." if early else ""


def _unknown(unknown: Unknown) -> str:
    known = (
        f"the nearest: {', '.join(map(quoted, unknown.nearest))}" if unknown.nearest else "nor one like it"
    )
    return f"No charge has {unknown.dimension} {quoted(unknown.value)}; {known}."


def _spans(months: Sequence[str]) -> str:
    """Months in order, with those that follow each other as one span: 2026-08 to 2026-10, 2026-12."""
    starts = [months[0], *(later for month, later in pairwise(months) if after(month, Unit.MONTH) != later)]
    ends = [*(month for month, later in pairwise(months) if after(month, Unit.MONTH) != later), months[-1]]
    spans = [start if start == end else f"{start} to {end}" for start, end in zip(starts, ends, strict=True)]
    return ", ".join(_some(spans, "months"))


def _amounts(money: Mapping[str, Decimal]) -> str:
    return " and ".join(f"{plain(amount)} {currency}" for currency, amount in money.items() if amount)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_some([quoted(name) for name in sorted(names)], "names"))
