"""What an answer says beside its rows: totals, their loads, unmapped and unattributed money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.pricing.decimals import exact_sum
from costs.query.periods import Window
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.query.statements import ROWS, by_load
from costs.store.base import LoadedMonth

Sums = Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Summary:
    """The sums of all rows of a question by currency, and the loads that have such rows."""

    sums: Mapping[str, Sums]
    loads: Sequence[LoadedMonth]
    is_estimate: bool

    @property
    def currencies(self) -> list[str]:
        return list(self.sums)

    def money(self, name: str) -> dict[str, Decimal]:
        """One of its sums by currency, 0 where no row counts."""
        return {currency: sums[name] or Decimal(0) for currency, sums in self.sums.items()}


def summarize(
    question: Question, costs: Snapshot, sums: Mapping[str, Sums], window: Window | None = None
) -> Summary:
    """The summary of the question, or of the same within another window.

    Args:
        question: the question.
        costs: where its charges are.
        sums: those of all its rows by currency.
        window: another window than the question's.
    """
    records = [record for record in costs.run(by_load(question, window)) if record[ROWS]]
    loads = costs.called({record["load"] for record in records})
    return Summary(sums, loads, any(record["estimates"] for record in records))


def added(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return exact_sum(known) if known else None
