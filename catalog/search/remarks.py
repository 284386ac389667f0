"""What the first SKU is beside the question: it lacks a word, is a special case, or is what is excluded."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from catalog.offers.kinds import attributes
from catalog.offers.plain import COST_OF_SIDE, cost_of
from catalog.offers.products import product_name
from catalog.places import fold
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
    told = _told(plan, ambiguous)
    lacks, cases = _lacking(first, plan), _special_cases(first, plan, told)
    excluded = [_values_of(mark) for mark in plan.question.excludes(first.name, facts)]
    return [
        f"The names of these SKUs do not say {quoted(lacks)}." if lacks else "",
        f"The first SKU is a special case: {', '.join(cases)}." if cases and not excluded else "",
        _other_product(first, told),
        f"The question excludes {quoted(excluded)}, but nothing else is listed." if excluded else "",
    ]


def _values_of(mark: str) -> str:
    """The words of a phrase, or the values of facts: "vpn egress" of "network=vpn part=egress"."""
    return " ".join(part.rpartition("=")[2] for part in mark.split())


def _lacking(first: Candidate, plan: Plan) -> list[str]:
    """The words of the question whose attribute the candidate does not have."""
    if not plan.is_lenient:
        return []
    return [
        fact.word
        for fact in plan.question.facts
        if fact.may_lack and not set(fact.values()).intersection(first.facts.get(fact.attribute, ()))
    ]


def _told(plan: Plan, ambiguous: Sequence[Ambiguous]) -> frozenset[str]:
    """The attributes that the request names or that are said to be left open."""
    arguments = {"term"} if plan.usage_type else set()
    arguments |= {"product"} if plan.service else set()
    return plan.question.attributes.union(arguments, (entry["attribute"] for entry in ambiguous))


def _special_cases(first: Candidate, plan: Plan, told: Collection[str]) -> list[str]:
    """What makes the candidate a special case that the request does not name: "spot (term)"."""
    if fold(first.name) in fold(plan.question.typed):
        return []
    # What is for Cloud SQL is no special case of it.
    asked = {value for fact in plan.question.facts for value in fact.values()}
    return [
        f"{value} ({attribute})"
        for attribute in sorted(attributes("special").difference(told))
        for value in first.facts.get(attribute, ())
        if value not in asked and cost_of((attribute, value)) >= COST_OF_SIDE
    ]


def _other_product(first: Candidate, told: Collection[str]) -> str:
    """A sentence for traffic of a product that the request does not name: several products have traffic."""
    facts = [(attribute, value) for attribute, values in first.facts.items() for value in values]
    of = [value for attribute, value in facts if attribute == "product" and cost_of((attribute, value))]
    if "product" in told or attributes("traffic").isdisjoint(map("=".join, facts)) or not of:
        return ""
    return f"The first SKU is traffic of {' and '.join(map(product_name, of))}."
