"""Negated words of a question: "not spot", "no HA", "instead of SSD"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.offers.phrases import tokens_of
from catalog.offers.vocabulary import Side, vocabulary
from catalog.search.query.dictionary import STOP_WORDS, SUBJECTS
from catalog.search.query.machine_types import MACHINE
from catalog.search.query.patterns import any_of

NEGATION = re.compile(any_of(SUBJECTS["negation"]))
# Words allowed between the negation and what it negates: "not in the", "without any".
LINKS = frozenset(SUBJECTS["between negation and negated"])
OR = SUBJECTS["or"]


def take_negated(text: str) -> tuple[tuple[str, ...], str]:
    """The negated words and phrases of `text`, and the text with gaps in their places."""
    negated: list[str] = []
    rest, *parts = NEGATION.split(text)
    for part in parts:
        words = part.split()
        at = next((i for i, word in enumerate(words) if word not in LINKS), len(words))
        while at < len(words) and words[at] not in STOP_WORDS:
            length = _length_of_phrase(words[at:])
            negated.append(" ".join(words[at : at + length]))
            at += length
            if at == len(words) or words[at] not in OR:
                break
            at += 1
        rest += "  " + " ".join(words[at:])
    return tuple(negated), rest


def _length_of_phrase(words: Sequence[str]) -> int:
    """The number of words that are a machine type or that the vocabulary reads together, else 1."""
    if machine := MACHINE.match(" ".join(words)):
        return len(machine[0].split())
    tokens = tokens_of(words)
    reading = vocabulary().read([token.text for token in tokens], 0, Side.QUESTION, None)
    return tokens[reading.end - 1].word + 1 if reading else 1
