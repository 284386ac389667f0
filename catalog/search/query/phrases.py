"""Set phrases of a question: consecutive words that count as one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from catalog.search.query.dictionary import SYNONYMS

MAX_PHRASE_WORDS = max(len(phrase.split()) for phrase in SYNONYMS)
# "80 GB", "100Gbps": SKU names write amounts with or without a space.
AMOUNT = re.compile(
    r"(?P<count>\d+) ?(?P<unit>gbps|mbps|[gm]bits?|gigabits?|megabits?|gb|gib|gigabytes?|gigs?|g|tb)"
)


def phrases(text: str) -> Iterator[str]:
    """The set phrases and other words of `text`; a phrase never spans a gap of two blanks."""
    for part in re.split(" {2,}", text):
        words = part.split()
        at = 0
        while at < len(words):
            length = phrase_length(words, at)
            yield " ".join(words[at : at + length])
            at += length


def phrase_length(words: Sequence[str], at: int, also: Collection[str] = ()) -> int:
    """The number of words in the longest set phrase or phrase of `also` at `at`; 1 if there is none."""
    for length in range(min(MAX_PHRASE_WORDS, len(words) - at), 1, -1):
        phrase = " ".join(words[at : at + length])
        if phrase in also or synonyms_of(phrase) or AMOUNT.fullmatch(phrase):
            return length
    return 1


def synonyms_of(phrase: str) -> tuple[str, ...]:
    """The synonyms of `phrase`, singular or plural; empty if it is not in the dictionary."""
    singular = phrase.removesuffix("s")
    return SYNONYMS.get(phrase) or SYNONYMS.get(singular) or ()
