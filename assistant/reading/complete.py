"""Fills in what a question leaves out, from the question before or by the conventions of docs/ask.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assistant.reading.context import Context
from assistant.reading.draft import Draft
from assistant.reading.of_costs import of_costs, of_count, of_share
from assistant.reading.of_reports import of_anomalies, of_budgets, of_forecast, of_live, of_models, of_price
from assistant.reading.plan import Kind, Plan


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


_MAKERS: Mapping[Kind, Callable[[Draft, Context], Plan]] = {
    Kind.COSTS: of_costs,
    Kind.SHARE: of_share,
    Kind.COUNT: of_count,
    Kind.FORECAST: of_forecast,
    Kind.ANOMALIES: of_anomalies,
    Kind.BUDGETS: of_budgets,
    Kind.MODELS: of_models,
    Kind.LIVE: of_live,
    Kind.PRICE: of_price,
}
