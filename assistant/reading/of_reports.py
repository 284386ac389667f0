"""Plans of questions of reports, live usage and prices."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.context import CannotError, Context
from assistant.reading.draft import Draft
from assistant.reading.of_costs import assumed_of
from assistant.reading.periods import Time, unit_of
from assistant.reading.plan import Kind, Plan
from assistant.reading.times import is_too_long
from assistant.reading.windows import window_of
from assistant.reading.words import atoms
from costs.query.dimensions import Value
from costs.query.periods import Window
from costs.query.question import DEFAULT_LIMIT, EXCLUDES
from live.question import MAX_MINUTES

_OF_LIVE = ("cloud", "model")
_BY_LIVE = ("cloud", "model", "account", "region", "direction", "cache", "tier", "scope")


def _kept(draft: Draft, context: Context) -> dict[str, Sequence[Value]]:
    """The filters, with those of the question before."""
    return {**(context.last.filters if context.last else {}), **draft.filters}


def _only(draft: Draft, what: str, *, allows_by: bool = False) -> None:
    """Refuse what a report cannot be asked.

    Raises:
        CannotError: it is asked for groups, an order, a comparison or another measure.
    """
    others = (draft.is_compared, draft.average, draft.is_share, draft.ranking, draft.by and not allows_by)
    if any(others):
        raise CannotError(f"{what} is asked without groups, rankings and comparisons.")
    if {*draft.measures} - {"billed_cost"}:
        raise CannotError(f"{what} is of billed cost alone, not of {draft.measures[-1].replace('_', ' ')}.")


def of_forecast(draft: Draft, context: Context) -> Plan:
    _only(draft, "A forecast")
    filters = {
        name: values
        for name, values in _kept(draft, context).items()
        if not (name.startswith(EXCLUDES) and list(values) == [None])
    }
    if len(draft.times) > 1:
        raise CannotError("A forecast is of one month, quarter or year.")
    until = None
    for time in draft.times:
        unit = time.unit if time.unit in ("month", "quarter", "year") else ""
        if not unit or time.window.start is None or (time.window.end and time.window.end <= context.today):
            raise CannotError("A forecast is until the end of a month, quarter or year that is not over.")
        until = unit_of(time.window.start, unit).end
    return Plan(Kind.FORECAST, filters=filters, window=Window(None, until))


def of_anomalies(draft: Draft, context: Context) -> Plan:
    _only(draft, "A search for anomalies", allows_by=True)
    default = context.last.window if context.last and context.last.kind is Kind.ANOMALIES else Window()
    window, _ = window_of(draft, context, default)
    if window.start is None and window.end is None and draft.times:
        raise CannotError("Anomalies are found in up to a year: say of which days.")
    return Plan(Kind.ANOMALIES, by=tuple(draft.by), filters=_kept(draft, context), window=window)


def of_budgets(draft: Draft, context: Context) -> Plan:
    _only(draft, "A budget")
    if any(not (time.is_running or time.is_end or time.live) for time in draft.times):
        raise CannotError("Budgets are told as they stand now, with their history; leave out the time.")
    filters = {name: list(values) for name, values in draft.filters.items()}
    if exact := filters.get("budget"):
        return Plan(Kind.BUDGETS, name=f"{exact[0]}")
    named = [f"{value}" for values in filters.values() for value in values]
    if not named:
        return Plan(Kind.BUDGETS)
    found = [
        budget for budget in context.budgets if all(set(atoms(each)) <= set(atoms(budget)) for each in named)
    ]
    if len(found) != 1:
        raise CannotError(
            f"There is no one budget of {', '.join(named)}. Budgets: {', '.join(context.budgets) or 'none'}."
        )
    return Plan(Kind.BUDGETS, name=found[0])


def of_models(draft: Draft, context: Context) -> Plan:
    if draft.is_share or draft.average or {*draft.by} - {"model"}:
        raise CannotError("What the same tokens would cost elsewhere is told for each model.")
    last = context.last
    window, time = window_of(draft, context, last.window if last else None)
    return Plan(
        Kind.MODELS,
        filters=_kept(draft, context),
        window=window,
        by=tuple(draft.clouds),
        candidates=tuple(draft.candidates),
        assumed=assumed_of(draft, last, time),
    )


def of_live(draft: Draft, context: Context) -> Plan:
    filters = {name: list(values) for name, values in _kept(draft, context).items()}
    if draft.is_compared or draft.average or draft.is_share or (draft.ranking and draft.ranking.is_change):
        raise CannotError("Live usage is told of one time, without comparisons.")
    if any(name not in _OF_LIVE or len(values) != 1 for name, values in filters.items()):
        raise CannotError("Live usage is told of all, of one cloud or of one model.")
    if {*draft.measures} - {"billed_cost", "tokens", "requests"}:
        raise CannotError("Live usage is told in tokens and requests, or in money.")
    if any(each not in _BY_LIVE for each in draft.by):
        raise CannotError(f"Live usage is told by {', '.join(_BY_LIVE)}.")
    time = draft.times[0] if draft.times else Time(live="now")
    if is_too_long(time.minutes):
        raise CannotError(
            f"Live usage goes back {MAX_MINUTES} minutes: ask for today, or for days that are billed."
        )
    return Plan(
        Kind.LIVE,
        by=tuple(draft.by),
        filters=filters,
        live=time.live or "now",
        minutes=time.minutes,
        window=time.window if time.live == "day" else Window(),
        usage=draft.usage or bool({"tokens", "requests"} & {*draft.measures}),
        limit=(draft.ranking.limit or DEFAULT_LIMIT) if draft.ranking else DEFAULT_LIMIT,
    )


def of_price(draft: Draft, context: Context) -> Plan:  # noqa: ARG001 as the others
    return Plan(Kind.PRICE, name=draft.name)
