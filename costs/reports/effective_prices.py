"""What tokens really cost, by all that tells their prices apart: what a bill charges for those of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from sqlglot import exp

from costs.focus.sql import fill
from costs.query.dimensions import DIMENSIONS, column
from costs.query.snapshot import Snapshot
from costs.store.base import TABLE

# What tells prices of tokens apart, as costs are asked by it.
AXES = (
    "cloud",
    "account",
    "region",
    "model",
    "direction",
    "cache",
    "modality",
    "tier",
    "scope",
    "context",
    "currency",
)
# Corrections are of tokens that were charged before; a charge without its tokens or its cost shows no price.
_IS_PRICED = """
x_UsageKind = 'tokens' and ChargeCategory = 'Usage' and ChargeClass is null
and x_Tokens > 0 and EffectiveCost is not null and x_ModelId is not null
"""


@dataclass(frozen=True, slots=True)
class DayOfTokens:
    """The tokens of one day that have all axes in common, and what they cost in the currency of the bill."""

    axes: Mapping[str, str | None]
    day: date
    tokens: Decimal
    cost: Decimal


def days_of_tokens(costs: Snapshot, start: date, end: date) -> Sequence[DayOfTokens]:
    """The tokens of each day and their effective cost.

    Args:
        costs: the costs of a moment.
        start: the first day.
        end: the day after the last.

    Returns:
        By axes and day. The cost divided by the tokens is the effective price of one, with what was
        negotiated.
    """
    day = DIMENSIONS["day"].expression()
    names = (*AXES, "day")
    keys = [exp.alias_(DIMENSIONS[name].expression(), name, quoted=True) for name in names]
    sums = [
        exp.alias_(exp.func("SUM", column(name)), alias, quoted=True)
        for name, alias in (("x_Tokens", "tokens"), ("EffectiveCost", "cost"))
    ]
    in_window = (day.copy() >= _literal(start)).and_(day.copy() < _literal(end))
    select = exp.select(*keys, *sums).from_(TABLE).where(fill(_IS_PRICED), in_window)
    rows = costs.run(select.group_by(*(key.this.copy() for key in keys)))
    return [
        DayOfTokens(
            MappingProxyType({name: row[name] for name in AXES}), row["day"], row["tokens"], row["cost"]
        )
        for row in rows
    ]


def _literal(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "date")
