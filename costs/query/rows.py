"""The rows of an answer, in order, and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from costs.query.dimensions import Value
from costs.query.figures import Change, Figure, figures
from costs.query.groups import Grouped, Key
from costs.query.past import Past, nothing
from costs.query.question import Question
from costs.query.summary import Summary, Sums


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its dimensions, and its measures."""

    key: Mapping[str, Value]
    figures: Mapping[str, Figure]


def totals(question: Question, summary: Summary, past: Past | None) -> list[Row]:
    """A row for all charges in each currency, whether listed or not."""
    return [
        Row(
            {"currency": currency},
            figures(question, sums, sums, past.total_before(currency, sums) if past else None),
        )
        for currency, sums in _sums(summary, past).items()
    ]


def rows(question: Question, found: Grouped, summary: Summary, past: Past | None) -> tuple[list[Row], int]:
    """The rows of the question, up to its limit, and how many are left out."""
    # What was charged before, and is no more, is part of the change.
    ended = past.ended(found.groups) if past else {}
    groups, count = {**found.groups, **ended}, found.count + len(ended)
    totals_ = _sums(summary, past)
    place = [key.name for key in question.keys].index("currency")
    all_rows = []
    for key, sums in groups.items():
        before = past.before(key, sums) if past else None
        measures = figures(question, sums, totals_[f"{key[place]}"], before)
        all_rows.append(Row(_named(question, key), measures))
    listed = _in_order(question, all_rows)[: question.limit]
    return listed, count - len(listed)


def _named(question: Question, key: Key) -> dict[str, Value]:
    return {dimension.name: value for dimension, value in zip(question.keys, key, strict=True)}


def _sums(summary: Summary, past: Past | None) -> Mapping[str, Sums]:
    """The sums of all rows by currency, with currencies that were only charged in before."""
    before = past.summary.sums if past and past.is_comparable else {}
    ended = {currency: nothing(sums) for currency, sums in before.items()}
    return dict(sorted({**ended, **summary.sums}.items()))


def _in_order(question: Question, found: Iterable[Row]) -> list[Row]:
    """Rows without the value come last; those that are equal in it follow in order of their dimensions."""
    order = question.order()
    in_order = sorted(found, key=lambda row: [(value is None, value or "") for value in row.key.values()])
    known = [row for row in in_order if _sort_value(row, order.by) is not None]
    unknown = [row for row in in_order if _sort_value(row, order.by) is None]
    return sorted(known, key=lambda row: _sort_value(row, order.by), reverse=order.descending) + unknown


def _sort_value(row: Row, by: str) -> Any:
    value = row.key.get(by, row.figures.get(by))
    return value.absolute if isinstance(value, Change) else value
