"""Sums of a question by its dimensions, as the store adds them up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from costs.errors import TooLargeError
from costs.query.dimensions import Value
from costs.query.periods import Window
from costs.query.question import SUMS, Question
from costs.query.snapshot import Record, Snapshot
from costs.query.statements import GROUPS, NO_LEAST, compile_question
from costs.query.summary import Sums

# So many are read if only all of them together show the order or the change.
MAX_GROUPS = 50_000

Key = tuple[Value, ...]
Groups = Mapping[Key, Sums]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Sums of a question.

    Args:
        groups: by its dimensions and the currency; the first ones or all.
        count: how many there are.
        totals: of all of them by currency.
    """

    groups: Groups
    count: int
    totals: Mapping[str, Sums]


def grouped(question: Question, costs: Snapshot) -> Grouped:
    """The first groups in the question's order, as many as its limit; all if only they show the order.

    Raises:
        TooLargeError: there are over MAX_GROUPS, and all are needed.
    """
    if not _is_ordered_by_store(question):
        return all_groups(question, costs)
    return _read(
        question, costs.run(compile_question(question, order=question.order(), limit=question.limit))
    )


def all_groups(
    question: Question,
    costs: Snapshot,
    window: Window | None = None,
    *,
    least: Mapping[str, Decimal] = NO_LEAST,
) -> Grouped:
    """All groups of the question, or of the same within another window.

    Args:
        question: the question.
        costs: where its charges are.
        window: another window than the question's.
        least: what the series that are told reach, by currency, as of compile_question.

    Raises:
        TooLargeError: there are over MAX_GROUPS.
    """
    select = compile_question(question, window=window, limit=MAX_GROUPS + 1, least=least)
    found = _read(question, costs.run(select))
    if found.count > MAX_GROUPS:
        raise TooLargeError(
            f"The question has {found.count:,} rows; {MAX_GROUPS:,} can be compared.",
            hint="Ask with fewer dimensions or more filters, or for sums in order of one of them.",
        )
    return found


def totals(question: Question, costs: Snapshot, window: Window) -> Mapping[str, Sums]:
    """The sums of all charges of the question within another window, by currency."""
    return all_groups(replace(question, dimensions=(), order_by=""), costs, window).totals


def parted(records: Iterable[Record]) -> tuple[list[Record], int, dict[str, Sums]]:
    """The groups of a query with totals, how many there are in all, and the totals by currency."""
    groups: list[Record] = []
    totals: list[Record] = []
    for record in records:
        (groups if record[GROUPS] is None else totals).append(record)
    in_order = sorted(totals, key=lambda record: str(record["currency"]))
    sums = {record["currency"]: _sums(record, ["currency"]) for record in in_order}
    return groups, sum(record[GROUPS] for record in totals), sums


def _is_ordered_by_store(question: Question) -> bool:
    """Whether the store can tell which rows come first; else it takes all of them."""
    by = question.order().by
    return "change" not in question.measures and (by in SUMS or by in {key.name for key in question.keys})


def _read(question: Question, records: Iterable[Record]) -> Grouped:
    keys = question.keys
    names = [key.name for key in keys]
    found, count, totals = parted(records)
    groups = {tuple(key.shown(record[key.name]) for key in keys): _sums(record, names) for record in found}
    return Grouped(groups, count, totals)


def _sums(record: Record, keys: Collection[str]) -> Sums:
    return {
        name: None if value is None else Decimal(value)
        for name, value in record.items()
        if name not in keys and name != GROUPS
    }
