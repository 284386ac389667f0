"""Sums of a question by its dimensions, as the store adds them up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from costs.errors import TooLargeError
from costs.query.dimensions import Value
from costs.query.periods import Window
from costs.query.question import SUMS, Question
from costs.query.snapshot import Record, Snapshot
from costs.query.statements import GROUPS, compile_question
from costs.query.summary import Sums

# So many are read if only all of them together show the order or the change.
MAX_GROUPS = 50_000

Key = tuple[Value, ...]
Groups = Mapping[Key, Sums]


def group(question: Question, costs: Snapshot, window: Window | None = None) -> Groups:
    """All sums of the question, or of the same within another window, by its dimensions and the currency.

    Raises:
        TooLargeError: there are over MAX_GROUPS.
    """
    records = costs.run(compile_question(question, window=window, limit=MAX_GROUPS + 1))
    if len(records) > MAX_GROUPS:
        raise TooLargeError(
            f"The question has {records[0][GROUPS]:,} rows; {MAX_GROUPS:,} can be compared.",
            hint="Ask with fewer dimensions or more filters, or for sums in order of one of them.",
        )
    return _by_key(question, records)


def first_groups(question: Question, costs: Snapshot) -> tuple[Groups, int]:
    """The first groups in the question's order, as many as its limit, and the number of all.

    The order must be by a sum or a dimension.
    """
    records = costs.run(compile_question(question, order=question.order(), limit=question.limit))
    return _by_key(question, records), records[0][GROUPS] if records else 0


def is_ordered_by_store(question: Question) -> bool:
    """Whether the store can tell which rows come first; else it takes all of them."""
    by = question.order().by
    return "change" not in question.measures and (by in SUMS or by in {key.name for key in question.keys})


def _by_key(question: Question, records: list[Record]) -> Groups:
    names = [key.name for key in question.keys]
    return {
        tuple(key.shown(record[key.name]) for key in question.keys): {
            name: None if value is None else Decimal(value)
            for name, value in record.items()
            if name not in names and name != GROUPS
        }
        for record in records
    }
