"""Usage types in a question: on demand, spot, or committed for one or three years."""

from __future__ import annotations

import re

from catalog.places import fold
from catalog.search.query.dictionary import USAGE_WORDS
from catalog.search.query.patterns import any_of, blank

# "1 year commitment", "cud 3yr", "for three years", "36 months".
_COMMIT = r"(?:commit\w*|cuds?|reservation)(?: use)?(?: discounts?)?"
_YEARS = (
    r"(?:(?P<years>1|one|3|three) ?(?:y|yr|yrs|year|years)"
    r"|(?P<months>12|twelve|36|thirty six) ?(?:m|mo|mos|mth|mths|month|months))"
)
COMMITMENT = re.compile(rf"\b(?:{_COMMIT} )?(?:for )?(?:a )?{_YEARS}\b(?: {_COMMIT}\b)?")
ONE_YEAR = ("1", "one", "12", "twelve")
USAGE = re.compile(any_of(USAGE_WORDS))


def read_usage_type(text: str) -> str | None:
    """The usage type that `text` as a whole names, such as "spot" or "3 year commitment", or None."""
    usage_type, rest = take_usage_type(fold(text))
    return usage_type if not rest.strip() else None


def take_usage_type(text: str) -> tuple[str | None, str]:
    """The usage type that `text` mentions, if it mentions only one, and the text without it."""
    if match := COMMITMENT.search(text):
        is_one = (match["years"] or match["months"]) in ONE_YEAR
        return ("Commit1Yr" if is_one else "Commit3Yr"), blank(text, match)
    matches = list(USAGE.finditer(text))
    usage_types = {USAGE_WORDS[match[0]] for match in matches}
    if len(usage_types) != 1:
        return None, text
    for match in matches:
        text = blank(text, match)
    return usage_types.pop(), text
