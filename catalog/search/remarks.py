"""What the first SKU is beside the question: it lacks a word, is a special case, or is what is excluded."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.offers.kinds import attributes
from catalog.offers.plain import COST_OF_SIDE, cost_of
from catalog.search.ambiguity import Candidate
from catalog.search.contract import Ambiguous
from catalog.search.hints import quoted
from catalog.search.index.plan import Plan


def remarks(found: Sequence[Candidate], plan: Plan, ambiguous: Sequence[Ambiguous]) -> list[str]:
    """Sentences on what the first candidate is beside the question, or is not."""
    if not found:
        return []
    first = found[0]
    facts = (f"{attribute}={value}" for attribute, values in first.facts.items() for value in values)
    lacks, cases = _lacking(first, plan), _special_cases(first, plan, ambiguous)
    excluded = [mark.rpartition("=")[2] for mark in plan.question.excludes(first.name, facts)]
    return [
        f"The names of these SKUs do not say {quoted(lacks)}." if lacks else "",
        f"The first SKU is a special case: {', '.join(cases)}." if cases and not excluded else "",
        f"The question excludes {quoted(excluded)}, but nothing else is listed." if excluded else "",
    ]


def _lacking(first: Candidate, plan: Plan) -> list[str]:
    """The words of the question whose attribute the candidate does not have."""
    if not plan.is_lenient:
        return []
    return [
        fact.word
        for fact in plan.question.facts
        if fact.may_lack and not set(fact.values()).intersection(first.facts.get(fact.attribute, ()))
    ]


def _special_cases(first: Candidate, plan: Plan, ambiguous: Sequence[Ambiguous]) -> list[str]:
    """What makes the candidate a special case that the question does not name: "spot (term)"."""
    told = {*plan.question.attributes, *(entry["attribute"] for entry in ambiguous)}
    if plan.usage_type:
        told.add("term")
    # What is for Cloud SQL is no special case of it.
    asked = {value for fact in plan.question.facts for value in fact.values()}
    return [
        f"{value} ({attribute})"
        for attribute in sorted(attributes("special") - told)
        for value in first.facts.get(attribute, ())
        if value not in asked and cost_of((attribute, value)) >= COST_OF_SIDE
    ]
