"""What answers a plan: rows with exact figures, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
# What answers of the engine say beside their figures, and are passed on.
_BASIS = (
    "as_of",
    "loads",
    "is_demo",
    "is_estimate",
    "currency",
    "query_cost",
    "lag_seconds",
    "complete",
    "catalog",
)


@dataclass(frozen=True, slots=True)
class Result:
    """The rows of an answer.

    Args:
        rows: each with its figures as decimal text; None is unknown.
        totals: of all rows, by currency.
        rows_left_out: how many are not listed.
        hint: what is missing, unknown or made up, in sentences.
        basis: what the figures rest on.
        facts: other figures of the answer that sentences use.
    """

    rows: Sequence[Row]
    totals: Sequence[Row] = ()
    rows_left_out: int = 0
    hint: str = ""
    basis: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def basis(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer of the engine rests on."""
    return {name: answer[name] for name in _BASIS if name in answer}
