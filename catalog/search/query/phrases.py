"""Set phrases of a question: words that mean one thing together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from catalog.search.query.dictionary import SPELLINGS

LONGEST = max(len(phrase.split()) for phrase in SPELLINGS)
# "80 GB", "100Gbps": names write them with a space or without.
AMOUNT = re.compile(
    r"(?P<count>\d+) ?(?P<unit>gbps|mbps|[gm]bits?|gigabits?|megabits?|gb|gib|gigabytes?|gigs?|g|tb)"
)


def phrases(text: str) -> Iterator[str]:
    """The set phrases and other words of `text`; none reaches over a gap of two blanks."""
    for part in re.split(" {2,}", text):
        words = part.split()
        at = 0
        while at < len(words):
            length = phrase_length(words, at)
            yield " ".join(words[at : at + length])
            at += length


def phrase_length(words: Sequence[str], at: int, also: Collection[str] = ()) -> int:
    """How many words from `at` on are the longest set phrase, or one of `also`; 1 where there is none."""
    for length in range(min(LONGEST, len(words) - at), 1, -1):
        phrase = " ".join(words[at : at + length])
        if phrase in also or spellings_of(phrase) or AMOUNT.fullmatch(phrase):
            return length
    return 1


def spellings_of(phrase: str) -> tuple[str, ...]:
    """What the price list may call `phrase`, singular or plural; nothing where it is no set phrase."""
    singular = phrase.removesuffix("s")
    return SPELLINGS.get(phrase) or SPELLINGS.get(singular) or ()
