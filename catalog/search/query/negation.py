"""Negated terms of a question: "not spot", "no HA", "instead of SSD"."""

from __future__ import annotations

import re

from catalog.search.query.dictionary import STOP_WORDS, USAGE_WORDS
from catalog.search.query.phrases import phrase_length

NEGATION = re.compile(
    r"\b(?:(?:don ?t|do not) (?:need|want)|not|no|non|without|never"
    r"|excluding|excl|instead of|(?:rather|other) than|apart from)\b"
)
# Words allowed between the negation and what it negates: "not in the", "without any".
_LINKS = """
a additional an any at extra for in just need normal of on only over plain regular the through to usual via
with
"""
LINKS = frozenset(_LINKS.split())
OR = ("nor", "or")


def take_negated(text: str) -> tuple[tuple[str, ...], str]:
    """The negated words and phrases of `text`, and the text with gaps in their places."""
    negated: list[str] = []
    rest, *parts = NEGATION.split(text)
    for part in parts:
        words = part.split()
        at = next((i for i, word in enumerate(words) if word not in LINKS), len(words))
        while at < len(words) and words[at] not in STOP_WORDS:
            length = phrase_length(words, at, also=USAGE_WORDS)
            negated.append(" ".join(words[at : at + length]))
            at += length
            if at == len(words) or words[at] not in OR:
                break
            at += 1
        rest += "  " + " ".join(words[at:])
    return tuple(negated), rest
