"""What an answer says in plain English. Each figure in it is one of its rows', digit by digit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.answering import report_sentences
from assistant.answering.result import Result, Row
from assistant.answering.wording import MAX_TOLD, NOBODY, name_of, what, when
from assistant.reading.plan import Kind, Plan
from costs.query.question import COSTS, EXCLUDES

_MEASURES = {
    "billed_cost": "billed cost",
    "effective_cost": "effective cost",
    "list_cost": "list cost",
    "tokens": "tokens",
    "requests": "requests",
    "cost_per_million_tokens": "cost per million tokens",
}
_PLURALS = {"category": "categories", "currency": "currencies"}


def say(plan: Plan, result: Result) -> str:
    """The answer as a sentence or a few.

    Args:
        plan: the question.
        result: its rows.
    """
    return " ".join(_SAYERS[plan.kind](plan, result))


def of_costs(plan: Plan, result: Result) -> Iterator[str]:
    about = _about(plan)
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
    return f"{_figure(row, measure, currency)}{unit}"


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
        yield _first(plan, result.rows[0], currency, f"The {groups} with the", about)
    else:
        told = "; ".join(
            f"{_called(row, plan.by)} {_figures(plan, row, currency)}" for row in result.rows[:MAX_TOLD]
        )
        more = "; and more below" if len(result.rows) > MAX_TOLD else ""
        yield f"The {_noun(plan)} by {groups}{about}: {told}{more}."
        yield from _totals(plan, result)
    nouns = [name for name in plan.by if _leaves_out_nobody(plan, name)]
    if nouns:
        yield f"Charges without a {' or '.join(nouns).replace('_', ' ')} are left out."


def _first(plan: Plan, row: Row, currency: str | None, begins: str, about: str) -> str:
    """The one row that is asked for."""
    order = "smallest" if plan.order_by.endswith("asc") else "largest"
    noun = f"{'change of the ' if plan.order_by.startswith('change') else ''}{_noun(plan)}"
    return f"{begins} {order} {noun}{about} is {_called(row, plan.by)}: {_figures(plan, row, currency)}."


def _leaves_out_nobody(plan: Plan, name: str) -> bool:
    return list(plan.filters.get(f"{EXCLUDES}{name}", ())) == [None]


def _about(plan: Plan) -> str:
    """The filters and the days, without the filters that leave out what has no value of a grouping."""
    filters = {
        name: values
        for name, values in plan.filters.items()
        if name.removeprefix(EXCLUDES) not in plan.by or list(values) != [None]
    }
    return f"{what(filters)} {when(plan.window)}"


def _totals(plan: Plan, result: Result) -> Iterator[str]:
    if plan.base == "cost_per_million_tokens":
        return
    told = [_figures(plan, row, row.get("currency")) for row in result.totals]
    those = ", with the rows that are left out" if result.rows_left_out else ""
    if told:
        yield f"In total{those}: {'; '.join(told)}."


def _called(row: Row, by: Sequence[str]) -> str:
    return ", ".join(NOBODY if row.get(name) is None else name_of(f"{row[name]}") for name in by)


def _figure(row: Row, measure: str, currency: str | None) -> str:
    value = row.get(measure)
    if value is None:
        return "not known"
    if measure == "share":
        return f"{value} of 1"
    if measure in (*COSTS, "cost_per_million_tokens", "average", "before", "change", "cost"):
        return f"{value} {row.get('currency') or currency or ''}".strip()
    return f"{value}"


def of_share(plan: Plan, result: Result) -> Iterator[str]:
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


def of_count(plan: Plan, result: Result) -> Iterator[str]:
    row = result.rows[0]
    noun = _PLURALS.get(plan.count_of, f"{plan.count_of.replace('_', ' ')}s")
    names = ", ".join(name_of(each) for each in row["values"][: MAX_TOLD * 2])
    listed = f" ({names})" if names else ""
    yield f"Different {noun} with charges{what(plan.filters)} {when(plan.window)}: {row['count']}{listed}."


_SAYERS: Mapping[Kind, Callable[[Plan, Result], Iterator[str]]] = {
    Kind.COSTS: of_costs,
    Kind.SHARE: of_share,
    Kind.COUNT: of_count,
    Kind.FORECAST: report_sentences.of_forecast,
    Kind.ANOMALIES: report_sentences.of_anomalies,
    Kind.BUDGETS: report_sentences.of_budgets,
    Kind.MODELS: report_sentences.of_models,
    Kind.LIVE: report_sentences.of_live,
    Kind.PRICE: report_sentences.of_price,
}
