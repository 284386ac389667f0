"""Fills in what a question leaves out, from the question before or by the conventions of docs/ask.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from assistant.reading.draft import Draft, Ranking
from assistant.reading.periods import Time, calendar_unit, moved, unit_of
from assistant.reading.plan import TIMES, Filters, Kind, Plan
from assistant.reading.times import is_too_long, relative
from assistant.reading.words import atoms
from costs.query.dimensions import Value
from costs.query.periods import DAY, Window
from costs.query.question import COSTS, DEFAULT_LIMIT, EXCLUDES
from live.question import MAX_MINUTES

# A trend is by day for so many days, else by month.
_DAYS_OF_TREND = 31
_OF_LIVE = ("cloud", "model")
_BY_LIVE = ("cloud", "model", "account", "region", "direction", "cache", "tier", "scope")


class CannotError(Exception):
    """A question that was understood and that nothing here answers; the message says what can be asked."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a question is asked in.

    Args:
        today: the day.
        budgets: the names of the budgets.
        last: the question before, if it is about that.
    """

    today: date
    budgets: Sequence[str] = ()
    last: Plan | None = None


def complete(draft: Draft, context: Context) -> Plan:
    """The plan of a question whose words have one reading.

    Args:
        draft: what it says.
        context: what it is asked in.

    Raises:
        CannotError: it was understood, and nothing answers it.
    """
    kind = draft.kind or (context.last.kind if context.last and not _is_of_costs(draft) else None)
    kind = Kind.COUNT if draft.count_of else kind or Kind.COSTS
    return _MAKERS[kind](draft, context)


def _is_of_costs(draft: Draft) -> bool:
    """Whether what is said makes a question of costs of any question before."""
    return bool(
        draft.measures or draft.by or draft.ranking or draft.is_trend or draft.average or draft.is_share
    )


# Times


def _window(draft: Draft, context: Context, default: Window | None = None) -> tuple[Window, Time | None]:
    """The days that are asked about, with the time that says so; the default if none does."""
    if not draft.times:
        if default is not None:
            return default, None
        this = calendar_unit(context.today, "month", 0)
        return this.window, this
    if any(time.live in ("now", "minutes", "hour") for time in draft.times):
        raise CannotError("Bills have no hours or minutes: ask for live usage alone, or for days.")
    if any(time.is_end and not time.is_until for time in draft.times):
        raise CannotError("Say which days: the end of a time is asked for in forecasts.")
    if draft.times[0].is_until and len(draft.times) == 1:
        return Window(None, draft.times[0].window.end), None
    windows = sorted((time.window for time in draft.times), key=lambda each: each.start or date.min)
    for earlier, later in zip(windows, windows[1:], strict=False):
        if earlier.end is None or later.start is None or earlier.end < later.start:
            raise CannotError("These times do not follow each other: ask for one of them, or compare two.")
    ends = [each.end for each in windows]
    end = None if None in ends else max(each for each in ends if each)
    return Window(windows[0].start, end), draft.times[0] if len(windows) == 1 else None


def _compared(draft: Draft, window: Window, time: Time | None, context: Context) -> tuple[Window, Window]:
    """The two times of a comparison, the later first."""
    said = draft.compared[0] if draft.compared else None
    if len(draft.compared) > 1:
        raise CannotError("Compare with one other time.")
    if said and not said.before:
        return _with_said(draft, window, said, context)
    if not (window.start and window.end):
        raise CannotError("Say of which time: all that is loaded has no time before it.")
    if said:
        return window, relative(window, said.before)
    if time and time.is_running:
        return window, moved(window, time.unit, -1)
    return window, window.before()


def _with_said(draft: Draft, window: Window, said: Time, context: Context) -> tuple[Window, Window]:
    if said.live in ("now", "minutes", "hour"):
        raise CannotError("Bills have no hours or minutes: compare days, weeks or months.")
    if not draft.times and context.last is None:
        if said.unit in ("", "day", "weekend"):
            raise CannotError("Say both times that are compared, such as yesterday and the day before.")
        window = calendar_unit(context.today, said.unit, 0).window
    if said.window == window:
        return window, window.before()
    first, second = sorted((said.window, window), key=lambda each: each.start or date.min)
    return second, first


# Questions of costs


def _of_costs(draft: Draft, context: Context) -> Plan:
    last = (
        context.last if context.last and context.last.kind in (Kind.COSTS, Kind.SHARE, Kind.COUNT) else None
    )
    by = _by(draft, last)
    window, time = _window(draft, context, _default_window(draft, by, last))
    assumed = _assumed(draft, last, time)
    compare: Window | None = None
    if draft.is_compared or (last and last.compare):
        keeps = last is not None and not draft.times and not draft.compared and not draft.is_compared
        window, compare = (
            (window, last.compare) if keeps and last else _compared(draft, window, time, context)
        )
    by = _with_trend(draft, by, window)
    measures = tuple(draft.measures) or (last.measures if last else ()) or ("billed_cost",)
    if draft.is_share and "share" not in measures:
        measures = _with_share(measures, by)
    ranking, kept_order = _ranking(draft, last, by)
    filters = _filters(draft, last, ranking, by)
    return Plan(
        Kind.COSTS,
        measures,
        by,
        filters,
        window,
        _order(ranking, measures) if ranking else kept_order[0],
        (ranking.limit or DEFAULT_LIMIT) if ranking else kept_order[1],
        compare,
        draft.average or (last.average if last and not draft.by else ""),
        assumed=assumed,
    )


def _with_share(measures: tuple[str, ...], by: Sequence[str]) -> tuple[str, ...]:
    if not by:
        raise CannotError(
            "A share of what? Ask for that of a customer, model or cloud, or for shares by one of them."
        )
    return (*measures, "share")


def _by(draft: Draft, last: Plan | None) -> tuple[str, ...]:
    if draft.by or draft.wants_total or draft.average or last is None:
        return tuple(draft.by)
    return last.by


def _default_window(draft: Draft, by: Sequence[str], last: Plan | None) -> Window | None:
    if last:
        return last.window
    is_over_time = draft.is_trend or any(each in TIMES[1:] for each in by)
    return Window() if is_over_time else None


def _assumed(draft: Draft, last: Plan | None, time: Time | None) -> tuple[str, ...]:
    if last or draft.times or time is None:
        return ()
    return ("No time was said, so this is of this month until today.",)


def _with_trend(draft: Draft, by: tuple[str, ...], window: Window) -> tuple[str, ...]:
    if not draft.is_trend or any(each in TIMES for each in by):
        return by
    is_short = window.start and window.end and (window.end - window.start).days <= _DAYS_OF_TREND
    return ("day" if is_short else "month", *by)


def _ranking(draft: Draft, last: Plan | None, by: tuple[str, ...]) -> tuple[Ranking | None, tuple[str, int]]:
    """The order that is said, or the order and limit of the question before if its rows are the same."""
    if draft.ranking:
        return draft.ranking, ("", DEFAULT_LIMIT)
    if last and last.by == by:
        return None, (last.order_by, last.limit)
    return None, ("", DEFAULT_LIMIT)


def _order(ranking: Ranking, measures: Sequence[str]) -> str:
    by = "change" if ranking.is_change else measures[0]
    return f"{by} {'desc' if ranking.descending else 'asc'}"


def _filters(draft: Draft, last: Plan | None, ranking: Ranking | None, by: Sequence[str]) -> Filters:
    filters: dict[str, Sequence[Value]] = dict(last.filters) if last else {}
    if last and by != last.by:
        # Charges without a value were left out of a ranking alone.
        filters = {
            name: values
            for name, values in filters.items()
            if not (name.startswith(EXCLUDES) and list(values) == [None])
        }
        filters = {
            name: values
            for name, values in filters.items()
            if name not in draft.by or len(values) > 1  # "by customer" after one of them is of all
        }
    filters.update(draft.filters)
    picks = [each for each in by if each in draft.picks]
    for name in picks:
        if name not in TIMES and name not in filters:
            excluded = filters.get(f"{EXCLUDES}{name}", ())
            filters[f"{EXCLUDES}{name}"] = [*dict.fromkeys([*excluded, None])]
    return filters


def _of_share(draft: Draft, context: Context) -> Plan:
    last = context.last
    if draft.by or draft.is_compared or draft.average:
        raise CannotError(
            "A share of one thing has no groups and no comparison: ask for shares by cloud, model and the like."
        )
    window, time = _window(draft, context, last.window if last else None)
    filters = {**(last.filters if last else {}), **draft.filters}
    measures = tuple(each for each in draft.measures if each != "share") or ("billed_cost",)
    whole = draft.whole or (last.filters if last and last.kind is Kind.COSTS else {})
    return Plan(
        Kind.SHARE,
        measures,
        filters=filters,
        window=window,
        whole=dict(whole),
        assumed=_assumed(draft, last, time),
    )


def _of_count(draft: Draft, context: Context) -> Plan:
    if draft.by or draft.is_compared or draft.average or draft.ranking:
        raise CannotError("Values are counted in one time and without groups.")
    window, time = _window(draft, context, context.last.window if context.last else None)
    filters = {**(context.last.filters if context.last else {}), **draft.filters}
    return Plan(
        Kind.COUNT,
        filters=filters,
        window=window,
        count_of=draft.count_of,
        assumed=_assumed(draft, context.last, time),
    )


# Questions of reports


def _kept(draft: Draft, context: Context) -> dict[str, Sequence[Value]]:
    """The filters, with those of the question before."""
    return {**(context.last.filters if context.last else {}), **draft.filters}


def _only(draft: Draft, what: str, *, allows_by: bool = False) -> None:
    """Refuse what a report cannot be asked.

    Raises:
        CannotError: it is asked for groups, an order or a comparison.
    """
    if (draft.by and not allows_by) or draft.is_compared or draft.average or draft.is_share or draft.ranking:
        raise CannotError(f"{what} is asked without groups, rankings and comparisons.")


def _of_forecast(draft: Draft, context: Context) -> Plan:
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


def _of_anomalies(draft: Draft, context: Context) -> Plan:
    _only(draft, "A search for anomalies", allows_by=True)
    default = context.last.window if context.last and context.last.kind is Kind.ANOMALIES else Window()
    window, _ = _window(draft, context, default)
    if window.start is None and window.end is None and draft.times:
        raise CannotError("Anomalies are found in up to a year: say of which days.")
    return Plan(Kind.ANOMALIES, by=tuple(draft.by), filters=_kept(draft, context), window=window)


def _of_budgets(draft: Draft, context: Context) -> Plan:
    _only(draft, "A budget")
    if any(not (time.is_running or time.is_end or time.live) for time in draft.times):
        raise CannotError("Budgets are told as they stand now, with their history; leave out the time.")
    filters = {name: list(values) for name, values in draft.filters.items()}
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


def _of_models(draft: Draft, context: Context) -> Plan:
    if draft.is_share or draft.average or draft.by:
        raise CannotError("What the same tokens would cost elsewhere is told for each model.")
    last = context.last
    window, time = _window(draft, context, last.window if last else None)
    if window.start is None or window.end is None:
        window = replace(window)
    return Plan(
        Kind.MODELS,
        filters=_kept(draft, context),
        window=window,
        by=tuple(draft.clouds),
        candidates=tuple(draft.candidates),
        assumed=_assumed(draft, last, time),
    )


def _of_live(draft: Draft, context: Context) -> Plan:
    filters = {name: list(values) for name, values in _kept(draft, context).items()}
    if draft.is_compared or draft.average or draft.is_share or draft.ranking and draft.ranking.is_change:
        raise CannotError("Live usage is told of one time, without comparisons.")
    if any(name not in _OF_LIVE or len(values) != 1 for name, values in filters.items()):
        raise CannotError("Live usage is told of all, of one cloud or of one model.")
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


def _of_price(draft: Draft, context: Context) -> Plan:  # noqa: ARG001 as the others
    return Plan(Kind.PRICE, name=draft.name)


_MAKERS: Mapping[Kind, Callable[[Draft, Context], Plan]] = {
    Kind.COSTS: _of_costs,
    Kind.SHARE: _of_share,
    Kind.COUNT: _of_count,
    Kind.FORECAST: _of_forecast,
    Kind.ANOMALIES: _of_anomalies,
    Kind.BUDGETS: _of_budgets,
    Kind.MODELS: _of_models,
    Kind.LIVE: _of_live,
    Kind.PRICE: _of_price,
}
