"""Whether a budget is of any charge: a misspelt customer must not look like one that has cost nothing yet."""

from __future__ import annotations

from costs.query.coverage import coverage
from costs.query.hints import unknown_values as told
from costs.query.known_values import unknown_values
from costs.query.question import Question
from costs.query.snapshot import Snapshot
from costs.reports.budget_terms import Terms


def misfit(terms: Terms, costs: Snapshot) -> str:
    """Why no loaded charge fits the filters and the currency, or a value of them; "" if all do."""
    question = Question(filters={**terms.filters, "currency": [terms.currency]})
    if unknown := told(*unknown_values(question, costs)):
        return unknown
    if coverage(question, costs).loaded:
        return ""
    return f"No loaded charge in {terms.currency} fits the filters."
