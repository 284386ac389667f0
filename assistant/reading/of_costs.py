"""Plans of questions of costs: sums, shares and counts."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.context import CannotError, Context
from assistant.reading.draft import Draft, Ranking
from assistant.reading.periods import Time
from assistant.reading.plan import TIMES, Filters, Kind, Plan
from assistant.reading.windows import compared, window_of
from costs.query.dimensions import Value
from costs.query.periods import Window
from costs.query.question import DEFAULT_LIMIT, EXCLUDES

# A trend is by day for so many days, else by month.
_DAYS_OF_TREND = 31


def of_costs(draft: Draft, context: Context) -> Plan:
    last = (
        context.last if context.last and context.last.kind in (Kind.COSTS, Kind.SHARE, Kind.COUNT) else None
    )
    by = _by(draft, last)
    window, time = window_of(draft, context, _default_window(draft, by, last))
    assumed = assumed_of(draft, last, time)
    compare: Window | None = None
    if draft.is_compared or (last and last.compare and not draft.is_alone and not _is_over_time(draft)):
        keeps = last is not None and not draft.times and not draft.compared and not draft.is_compared
        window, compare = (window, last.compare) if keeps and last else compared(draft, window, time, context)
        if assumed and compare and draft.compared:
            assumed = (f"No time was said, so this is of the days since {window.start} that are billed.",)
    by = _with_trend(draft, by, window)
    if compare and any(each in TIMES for each in by):
        raise CannotError("By day, week or month, two times have no row in common: ask for one of them.")
    measures = tuple(draft.measures) or (last.measures if last else ()) or ("billed_cost",)
    if draft.is_share and "share" not in measures:
        measures = _with_share(measures, by)
    ranking, kept_order = _ranking(draft, last, by)
    _check_ranking(draft, by)
    filters = _filters(draft, last, by)
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


def _is_over_time(draft: Draft) -> bool:
    return draft.is_trend or any(each in TIMES for each in draft.by)


def _by(draft: Draft, last: Plan | None) -> tuple[str, ...]:
    if draft.by or draft.wants_total or draft.average or last is None:
        return tuple(draft.by)
    return last.by


def _with_share(measures: tuple[str, ...], by: Sequence[str]) -> tuple[str, ...]:
    if not by:
        raise CannotError(
            "A share of what? Ask for that of a customer, model or cloud, or for shares by one of them."
        )
    return (*measures, "share")


def _default_window(draft: Draft, by: Sequence[str], last: Plan | None) -> Window | None:
    if last:
        return last.window
    is_over_time = draft.is_trend or any(each in TIMES[1:] for each in by)
    return Window() if is_over_time else None


def assumed_of(draft: Draft, last: Plan | None, time: Time | None) -> tuple[str, ...]:
    told = tuple(each.told for each in draft.times if each.told)
    if last or draft.times or time is None:
        return told
    return ("No time was said, so this is of this month until today.",)


def _with_trend(draft: Draft, by: tuple[str, ...], window: Window) -> tuple[str, ...]:
    if not draft.is_trend or any(each in TIMES for each in by):
        return by
    is_short = window.start and window.end and (window.end - window.start).days <= _DAYS_OF_TREND
    return ("day" if is_short else "month", *by)


def _check_ranking(draft: Draft, by: Sequence[str]) -> None:
    """Refuse the first ones in each group, which a Question does not give.

    Raises:
        CannotError: they are asked for.
    """
    if draft.ranking and draft.ranking.limit and draft.picks and {*by} - {*draft.picks}:
        raise CannotError("The first ones in each group are not told: ask for one group, or for all rows.")


def _ranking(draft: Draft, last: Plan | None, by: tuple[str, ...]) -> tuple[Ranking | None, tuple[str, int]]:
    """The order that is said, or the order and limit of the question before if its rows are the same."""
    if draft.ranking:
        return draft.ranking, ("", DEFAULT_LIMIT)
    if last and last.by == by:
        by_measure = last.order_by.partition(" ")[0] in last.measures
        way = last.order_by.rpartition(" ")[2]
        # In another measure, the order is by that one.
        order = f"{(draft.measures or last.measures)[0]} {way}" if by_measure else last.order_by
        return None, (order, last.limit)
    return None, ("", DEFAULT_LIMIT)


def _order(ranking: Ranking, measures: Sequence[str]) -> str:
    changed = "change_percent" if ranking.in_percent else "change"
    by = changed if ranking.is_change else measures[0]
    return f"{by} {'desc' if ranking.descending else 'asc'}"


def _filters(draft: Draft, last: Plan | None, by: Sequence[str]) -> Filters:
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
    _replace(filters, draft.filters)
    picks = [each for each in by if each in draft.picks]
    for name in picks:
        if name not in TIMES and name not in filters:
            excluded = filters.get(f"{EXCLUDES}{name}", ())
            filters[f"{EXCLUDES}{name}"] = [*dict.fromkeys([*excluded, None])]
    return filters


def _replace(filters: dict[str, Sequence[Value]], said: Filters) -> None:
    """Put what is said into the filters of the question before, and take out what contradicts it."""
    for name, values in said.items():
        opposite = name.removeprefix(EXCLUDES) if name.startswith(EXCLUDES) else f"{EXCLUDES}{name}"
        if opposite in said or opposite not in filters:
            continue
        kept = [each for each in filters[opposite] if each not in values]
        filters.pop(opposite)
        if kept:
            filters[opposite] = kept
    filters.update(said)


def of_share(draft: Draft, context: Context) -> Plan:
    last = context.last
    if draft.by or draft.is_compared or draft.average:
        raise CannotError(
            "A share of one thing has no groups and no comparison: ask for shares by cloud or model."
        )
    window, time = window_of(draft, context, last.window if last else None)
    filters = dict(last.filters) if last else {}
    _replace(filters, draft.filters)
    measures = tuple(each for each in draft.measures if each != "share") or ("billed_cost",)
    whole = draft.whole or (last.filters if last and last.kind is Kind.COSTS else {})
    return Plan(
        Kind.SHARE,
        measures,
        filters=filters,
        window=window,
        whole=dict(whole),
        assumed=assumed_of(draft, last, time),
    )


def of_count(draft: Draft, context: Context) -> Plan:
    if draft.by or draft.is_compared or draft.average or draft.ranking:
        raise CannotError("Values are counted in one time and without groups.")
    window, time = window_of(draft, context, context.last.window if context.last else None)
    filters = dict(context.last.filters) if context.last else {}
    _replace(filters, draft.filters)
    return Plan(
        Kind.COUNT,
        filters=filters,
        window=window,
        count_of=draft.count_of,
        assumed=assumed_of(draft, context.last, time),
    )
