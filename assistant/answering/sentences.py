"""What an answer says in plain English. Each figure in it is one of its rows', digit by digit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from assistant.answering.charges import is_month
from assistant.answering.result import Result, Row
from assistant.reading.plan import TIMES, Filters, Kind, Plan
from costs.query.dimensions import Value
from costs.query.periods import DAY, Window
from costs.query.question import COSTS, EXCLUDES
from costs.wording import quoted

# So many rows are told in a sentence; all of them stand below it.
MAX_TOLD = 5
_MEASURES = {
    "billed_cost": "billed cost",
    "effective_cost": "effective cost",
    "list_cost": "list cost",
    "tokens": "tokens",
    "requests": "requests",
    "cost_per_million_tokens": "cost per million tokens",
}
_NOBODY = "(none)"
_PLURALS = {"category": "categories", "currency": "currencies", "direction": "directions"}


def say(plan: Plan, result: Result) -> str:
    """The answer as a sentence or a few.

    Args:
        plan: the question.
        result: its rows.
    """
    return " ".join(_SAYERS[plan.kind](plan, result))


def when(window: Window) -> str:
    """The days of a window: "in 2026-10", "on 2026-10-03", "from 2026-10-01 to 2026-10-07"."""
    if window.start is None and window.end is None:
        return "in all that is loaded"
    if month := is_month(window):
        return f"in {_month(month)}"
    last = window.end - DAY if window.end else None
    if window.start == last:
        return f"on {last}"
    if window.start is None:
        return f"until {last}"
    return f"from {window.start} to {last}" if last else f"since {window.start}"


def what(filters: Filters) -> str:
    """What filters choose: " of customer acme, cloud aws"; "" if there are none."""
    told = [_filter(name, values) for name, values in filters.items()]
    return f" of {' and '.join(told)}" if told else ""


def _month(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def _filter(name: str, values: Sequence[Value]) -> str:
    listed = " or ".join(_NOBODY if value is None else _name(value) for value in values)
    if name.startswith(EXCLUDES):
        noun = name.removeprefix(EXCLUDES).replace("_", " ")
        return f"any {noun}" if list(values) == [None] else f"no {noun} {listed}"
    return f"{name.replace('_', ' ')} {listed}"


def _name(value: str) -> str:
    """A name of the data on one line; what is no plain name is quoted."""
    return value if value.isprintable() and len(value) <= len("x" * 60) else quoted(value)


def _called(row: Row, by: Sequence[str]) -> str:
    return ", ".join(_NOBODY if row.get(name) is None else _name(f"{row[name]}") for name in by)


def _figure(row: Row, measure: str, currency: str | None) -> str:
    value = row.get(measure)
    if value is None:
        return "not known"
    if measure == "share":
        return f"{value} of 1"
    if measure in (*COSTS, "cost_per_million_tokens", "average", "before", "change", "cost"):
        return f"{value} {row.get('currency') or currency or ''}".strip()
    return f"{value}"


def _of_costs(plan: Plan, result: Result) -> Iterator[str]:
    about = f"{what(plan.filters)} {when(plan.window)}"
    if not result.rows:
        yield f"There are no such charges{about}."
        return
    if plan.by:
        yield from _listed(plan, result, about)
    else:
        for row in result.rows:
            yield _single(plan, row, result.basis.get("currency"), about)


def _noun(plan: Plan) -> str:
    nouns = [_MEASURES[each] for each in plan.measures if each in _MEASURES]
    noun = " and ".join(nouns) or "share"
    return f"average {noun} per {plan.average}" if plan.average else noun


def _single(plan: Plan, row: Row, currency: str | None, about: str) -> str:
    told = _figures(plan, row, currency)
    noun = _noun(plan)
    verb = "are" if noun.endswith("s") and " per " not in noun else "is"
    return f"The {noun}{about} {verb} {told}."


def _figures(plan: Plan, row: Row, currency: str | None) -> str:
    if plan.average:
        base = "average"
        money = currency if plan.base in COSTS else None
        return _figure(row, base, money)
    told = ", ".join(_measured(row, measure, currency) for measure in plan.measures)
    return f"{told}{_compared(plan, row, currency)}"


def _measured(row: Row, measure: str, currency: str | None) -> str:
    unit = f" {measure}" if measure in ("tokens", "requests") else ""
    return f"{_figure(row, measure, currency)}{unit if row.get(measure) is not None else f'{unit}'}"


def _compared(plan: Plan, row: Row, currency: str | None) -> str:
    """What it was in the other time, and the difference."""
    if plan.compare is None:
        return ""
    if row["change"] is None:
        return f" (what it was {when(plan.compare)} is not known)"
    money = currency if plan.base in COSTS else None
    percent = f", {row['change_percent']} per cent" if row["change_percent"] is not None else ""
    before = _plain(row, "before", money)
    return f" ({before} {when(plan.compare)}: a change of {_plain(row, 'change', money)}{percent})"


def _plain(row: Row, name: str, currency: str | None) -> str:
    return f"{row[name]} {row.get('currency') or currency or ''}".strip() if currency else f"{row[name]}"


def _listed(plan: Plan, result: Result, about: str) -> Iterator[str]:
    currency = result.basis.get("currency")
    groups = " and ".join(each.replace("_", " ") for each in plan.by)
    if plan.limit == 1 and len(result.rows) == 1:
        least = "change asc" if plan.order_by.endswith("asc") else ""
        order = "smallest" if least or plan.order_by.endswith("asc") else "largest"
        noun = "change of the " if plan.order_by.startswith("change") else ""
        row = result.rows[0]
        yield f"The {groups} with the {order} {noun}{_noun(plan)}{about} is {_called(row, plan.by)}: {_figures(plan, row, currency)}."
    else:
        told = "; ".join(
            f"{_called(row, plan.by)} {_figures(plan, row, currency)}" for row in result.rows[:MAX_TOLD]
        )
        more = "; and more below" if len(result.rows) > MAX_TOLD else ""
        yield f"The {_noun(plan)} by {groups}{about}: {told}{more}."
        yield from _totals(plan, result)
    if result.rows_left_out and plan.limit != 1:
        yield "More rows are left out."


def _totals(plan: Plan, result: Result) -> Iterator[str]:
    if plan.measures[0] == "cost_per_million_tokens":
        return
    told = [_figures(plan, row, row.get("currency")) for row in result.totals]
    if (told and not all(each in TIMES for each in plan.by)) or (plan.by and told):
        yield f"In total: {'; '.join(told)}."


def _of_share(plan: Plan, result: Result) -> Iterator[str]:
    about = f"{what(plan.whole or {})} {when(plan.window)}"
    if not result.rows:
        yield f"There are no such charges{about}."
    noun = _MEASURES.get(plan.base, plan.base)
    for row in result.rows:
        money = result.basis.get("currency") if plan.base in COSTS else None
        share = "not known" if row["share"] is None else f"{row['share']} of 1"
        part = _plain(row, plan.base, money)
        whole = _plain(row, "whole", money)
        yield f"The {noun}{what(plan.filters)} is {share} of all{about}: {part} of {whole}."


def _of_count(plan: Plan, result: Result) -> Iterator[str]:
    row = result.rows[0]
    noun = _PLURALS.get(plan.count_of, f"{plan.count_of.replace('_', ' ')}s")
    names = ", ".join(_name(each) for each in row["values"][: MAX_TOLD * 2])
    yield f"Different {noun} with charges{what(plan.filters)} {when(plan.window)}: {row['count']}{f' ({names})' if names else ''}."


def _of_forecast(plan: Plan, result: Result) -> Iterator[str]:
    if not result.rows:
        yield f"There is no forecast{what(plan.filters)}."
    last = date.fromisoformat(result.facts["until"]) - DAY
    for row in result.rows:
        money = row["currency"]
        if row["forecast"] is None:
            yield f"The forecast{what(plan.filters)} until {last} is not known; {row['spent']} {money} is spent through {row['through']}."
            continue
        band = f", between {row['low']} and {row['high']} {money}" if row["low"] is not None else ""
        yield (
            f"The forecast{what(plan.filters)} until {last} is {row['forecast']} {money}{band}; "
            f"{row['spent']} {money} is spent through {row['through']}."
        )


def _of_anomalies(plan: Plan, result: Result) -> Iterator[str]:
    days = when(Window(date.fromisoformat(result.facts["start"]), date.fromisoformat(result.facts["end"])))
    about = f"{what(plan.filters)} {days}"
    if not result.rows:
        known = "" if result.facts["is_known"] else " as far as is known"
        yield f"No day is unusual{about}{known}."
        return
    yield f"Unusual days{about}:"
    for row in result.rows[:MAX_TOLD]:
        cause = ", ".join(
            f"{name} {_NOBODY if value is None else _name(value)}" for name, value in row["cause"].items()
        )
        way = "more" if row["direction"] == "up" else "less"
        yield (
            f"{' and '.join(row['days'])} cost {row['actual']} {row['currency']}, {way} than the usual "
            f"{row['expected']}{f' ({cause})' if cause else ''}."
        )
    if len(result.rows) > MAX_TOLD:
        yield "More are below."


def _of_budgets(plan: Plan, result: Result) -> Iterator[str]:  # noqa: ARG001 as the others
    states = {True: "It is over.", False: "It is not over.", None: "Whether it is over is not known."}
    if not result.rows:
        yield "There are no budgets."
    for row in result.rows:
        money = row["currency"]
        spent = "not known" if row["spent"] is None else f"{row['spent']} {money}"
        percent = f" ({row['percent']} per cent)" if row["percent"] is not None else ""
        ahead = f", the forecast is {row['forecast']} {money}" if row["forecast"] is not None else ""
        left = f", {row['left']} {money} is left" if row["left"] is not None else ""
        yield f"Budget {row['name']}: {spent} of {row['limit']} {money} is spent{percent}{left}{ahead}. {states[row['is_over']]}"


def _of_models(plan: Plan, result: Result) -> Iterator[str]:
    about = f"{what(plan.filters)} {when(plan.window)}"
    if not result.rows:
        yield f"No list price is known to compare the tokens{about} with."
        return
    yield f"The same text tokens{about} would cost at list price:"
    for row in result.rows[:MAX_TOLD]:
        cost = "not known" if row["list_cost"] is None else f"{row['list_cost']} USD"
        partial = " (a part is missing)" if row["partial"] else ""
        yield f"{row['model']} on {row['cloud']} {cost}{partial};"
    if len(result.rows) > MAX_TOLD:
        yield "more are below."
    yield from result.facts["left_out"]


def _of_live(plan: Plan, result: Result) -> Iterator[str]:
    facts = result.facts
    about = f"{what(plan.filters)} from {facts['start']} to {facts['end']}"
    if plan.usage:
        for row in result.totals:
            yield f"Live usage{about}: {row['tokens']} tokens, {row['requests'] or 'unknown'} requests."
    elif not result.totals:
        yield f"Live cost{about}: nothing with a known price."
    else:
        told = "; ".join(
            f"{(row['is_upper_bound'] and 'at most ') or ''}{row['cost']} {row['currency']}"
            for row in result.totals
        )
        yield f"Estimated live cost{about}: {told}. It is not billed yet."


def _of_price(plan: Plan, result: Result) -> Iterator[str]:
    if not result.rows:
        yield f"No list price of {quoted(plan.name)} was found."
        return
    row = result.rows[0]
    place = f" in {row['region']}" if row["region"] else ""
    if row["price"] is None:
        yield f"The list price of {row['name']}{place} is not known."
        return
    yield f"The list price of {row['name']}{place} is {row['price']} {row['currency']} per {row['per']}."
    if len(result.rows) > 1:
        yield "Others that fit are below."


_SAYERS: Mapping[Kind, Callable[[Plan, Result], Iterator[str]]] = {
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
