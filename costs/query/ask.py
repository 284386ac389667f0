"""Answers a question about costs from a store."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from catalog.pricing.answers import utc_text
from costs.query import answer, hints
from costs.query.answer import Answer, Basis
from costs.query.coverage import Coverage, coverage
from costs.query.groups import grouped
from costs.query.known_values import unknown_values
from costs.query.past import Past, look_back
from costs.query.question import Question
from costs.query.rows import Row, rows, totals
from costs.query.snapshot import Snapshot, take
from costs.query.summary import Summary, summarize
from costs.store.base import CostStore, LoadedMonth


def ask(question: Question, store: CostStore, *, now: datetime | None = None) -> Answer:
    """Answer a question.

    Args:
        question: the question.
        store: the costs.
        now: the time; None for the clock's.

    Returns:
        The answer, with amounts as decimal strings in the currency of their bill.

    Raises:
        NotLoadedError: nothing was loaded by the question's `as_of`.
        TooLargeError: too many rows would have to be compared.
    """
    return answer_from(question, take(store, question.as_of, now))


def answer_from(question: Question, costs: Snapshot) -> Answer:
    """Answer a question from costs that several answers share, as `ask`.

    Args:
        question: the question; its `as_of` is that of `costs`.
        costs: the costs of a moment.
    """
    billed_before = costs.read.billed_bytes
    loaded = coverage(question, costs)
    found = grouped(question, costs)
    summary = summarize(question, costs, found.totals)
    past = look_back(question, costs, loaded)
    all_totals = totals(question, summary, past)
    listed, left_out = rows(question, found, summary, past)
    shows_currency = "currency" in question.dimensions or len(all_totals) > 1
    return {
        **basis(question, costs, loaded, summary, past, billed_before=billed_before),
        "currency": all_totals[0].key["currency"] if len(all_totals) == 1 else None,
        "rows": [_shown(row, shows_currency=shows_currency) for row in listed],
        "rows_left_out": left_out,
        "totals": [_shown(row, shows_currency=True) for row in all_totals],
        "previous": answer.period(past.window) if past else None,
        "unmapped": answer.money(summary.money("unmapped")),
        "unattributed": answer.money(summary.money("unattributed")),
    }


def basis(
    question: Question,
    costs: Snapshot,
    loaded: Coverage,
    summary: Summary,
    past: Past | None = None,
    *,
    billed_before: int = 0,
) -> Basis:
    """What every answer about costs says beside its figures.

    Args:
        question: the question.
        costs: the costs of a moment.
        loaded: what is loaded of the question.
        summary: its totals.
        past: those of the period before, if they are compared.
        billed_before: what other answers from these costs have read, in bytes.
    """
    loads = _loads(costs, summary, past)
    hint = _hint(question, costs, loaded, summary, past)
    found: Basis = {
        "contract": answer.CONTRACT,
        "loads": [answer.load(load) for load in loads],
        "as_of": utc_text(costs.as_of),
        "is_estimate": summary.is_estimate or (past is not None and past.summary.is_estimate),
        # Even an answer without charges is one about the demo.
        "is_demo": any(load.is_demo for load in loads or costs.loads),
        "hint": hint,
    }
    if costs.store.metered:
        found["query_cost"] = answer.query_cost(costs.store.metered, costs.read.billed_bytes - billed_before)
    return found


def _loads(costs: Snapshot, summary: Summary, past: Past | None) -> list[LoadedMonth]:
    """The loads that have charges of an answer."""
    return costs.called({load.id for load in [*summary.loads, *(past.summary.loads if past else ())]})


def _hint(
    question: Question, costs: Snapshot, loaded: Coverage, summary: Summary, past: Past | None
) -> str | None:
    return hints.joined(
        [
            hints.demo(summary.loads or costs.loads),
            hints.estimates(_loads(costs, summary, past)),
            hints.nothing_found(summary, costs),
            hints.unknown_values(*unknown_values(question, costs)),
            hints.not_loaded(question, loaded),
            hints.not_loaded_before(past),
            hints.compared_early(past),
            hints.unlike(past),
            hints.refused(question, costs, loaded),
            hints.twice(_loads(costs, summary, past)),
            hints.doubts(_loads(costs, summary, past)),
            hints.currencies(summary),
            hints.unknown_counts(question, summary),
            hints.without_list_cost(question, summary),
            hints.without_tokens(question, summary),
            hints.unmapped(question, summary),
        ]
    )


def _shown(row: Row, *, shows_currency: bool) -> dict[str, Any]:
    key = {name: value for name, value in row.key.items() if name != "currency" or shows_currency}
    return {**key, **{name: answer.figure(value) for name, value in row.figures.items()}}
