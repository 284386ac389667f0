"""What a question says that it is not about: "not spot", "no HA", "instead of SSD"."""

from __future__ import annotations

import re

from catalog.search.query.dictionary import FILLERS, USAGE_WORDS
from catalog.search.query.phrases import phrase_length

NEGATION = re.compile(
    r"\b(?:(?:don ?t|do not) (?:need|want)|not|no|non|without|never"
    r"|excluding|excl|instead of|(?:rather|other) than|apart from)\b"
)
# What may stand between the two: "not in the", "without any".
_LINKS = """
a additional an any at extra for in just need normal of on only over plain regular the through to usual via
with
"""
LINKS = frozenset(_LINKS.split())
OR = ("nor", "or")


def take_unwanted(text: str) -> tuple[tuple[str, ...], str]:
    """The words and phrases of `text` that are not wanted, and the text with gaps in their places."""
    unwanted: list[str] = []
    wanted, *parts = NEGATION.split(text)
    for part in parts:
        words = part.split()
        at = next((i for i, word in enumerate(words) if word not in LINKS), len(words))
        while at < len(words) and words[at] not in FILLERS:
            length = phrase_length(words, at, also=USAGE_WORDS)
            unwanted.append(" ".join(words[at : at + length]))
            at += length
            if at == len(words) or words[at] not in OR:
                break
            at += 1
        wanted += "  " + " ".join(words[at:])
    return tuple(unwanted), wanted
