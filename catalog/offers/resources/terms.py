"""How a resource is bought, in the words of a request."""

from __future__ import annotations

from catalog.errors import InvalidArgumentError
from catalog.offers.attributes import TERMS
from catalog.offers.phrases import texts
from catalog.offers.vocabulary import Side, vocabulary

# By the term of SKUs: Google's usage type, and what to call it in a sentence.
USAGE_TYPES = {term: usage_type for usage_type, term in TERMS.items()}
AS_WORDS = {
    "ondemand": "on demand",
    "spot": "as spot",
    "1y": "with a 1-year commitment",
    "3y": "with a 3-year commitment",
}


def read_term(text: str) -> str:
    """The term that a usage type or words for one mean: "Commit1Yr", "1y", "spot".

    Raises:
        InvalidArgumentError: they mean none, or several.
    """
    if text in TERMS:
        return TERMS[text]
    words = texts(text)
    reading = vocabulary().read(words, 0, Side.QUESTION, None) if words else None
    if reading is not None and reading.end == len(words) and len(reading.facts) == 1:
        terms = {value for attribute, value in reading.facts[0] if attribute == "term"} & USAGE_TYPES.keys()
        if len(terms) == 1:
            return terms.pop()
    raise InvalidArgumentError(
        f"usage_type {text!r} is not one way to buy.",
        hint=f"Send one of {', '.join(TERMS)}; spot, 1y and 3y are taken too.",
        candidates=list(TERMS),
    )
