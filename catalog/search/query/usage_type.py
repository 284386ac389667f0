"""Usage types: on demand, spot, or committed for one or three years."""

from __future__ import annotations

from catalog.offers.attributes import TERMS
from catalog.places import fold
from catalog.search.query.facts import NamedFact
from catalog.search.query.reader import take_facts
from catalog.search.query.settle import settle


def read_usage_type(text: str) -> str | None:
    """The usage type that `text` as a whole names, such as "spot" or "3 year commitment", or None."""
    found, rest = take_facts(fold(text))
    facts = settle(found).facts
    return usage_type_of(facts[0]) if len(facts) == 1 and not rest.strip() else None


def usage_type_of(fact: NamedFact) -> str | None:
    """The usage type that `fact` is, in Google's spelling, or None."""
    return next((usage_type for usage_type, term in TERMS.items() if fact.facts == (("term", term),)), None)
