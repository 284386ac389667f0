"""Negated words of a question: "not spot", "no HA", "instead of SSD", "soft delete disabled"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from catalog.offers.phrases import tokens_of
from catalog.offers.products import is_feature, product_names
from catalog.offers.vocabulary import Side, vocabulary
from catalog.search.query.dictionary import STOP_WORDS, SUBJECTS
from catalog.search.query.machine_types import MACHINE
from catalog.search.query.patterns import any_of
from catalog.search.query.reader import take_facts

NEGATION = re.compile(any_of(SUBJECTS["negation"]))
AT_THE_END = re.compile(
    rf"{any_of(SUBJECTS['negation at the end'])}(?! {any_of(SUBJECTS['after no negation at the end'])})"
)
WORD = re.compile(r"\S+")
# Words allowed between the negation and what it negates: "not in the", "without any".
LINKS = frozenset(SUBJECTS["between negation and negated"])
LINKS_BEFORE = frozenset(SUBJECTS["between negated and negation"])
OR = SUBJECTS["or"]
# So long is the longest phrase that is looked for before a negation.
MAX_WORDS = 5


def take_negated(text: str) -> tuple[tuple[str, ...], str]:
    """The negated words and phrases of `text`, and the text with gaps in their places."""
    negated, text = _take_switched_off(text)
    rest, *parts = NEGATION.split(text)
    for part in parts:
        words = part.split()
        at = next((i for i in range(len(words)) if not _starts_with(LINKS, words[i:])), len(words))
        while at < len(words) and not _starts_with(STOP_WORDS, words[at:]):
            length = _length_of_phrase(words[at:])
            negated.append(" ".join(words[at : at + length]))
            at += length
            if at == len(words) or words[at] not in OR:
                break
            at += 1
        rest += "  " + " ".join(words[at:])
    return tuple(negated), rest


def _starts_with(passed_over: Collection[str], words: Sequence[str]) -> bool:
    """Whether the first word is one of `passed_over` and starts no phrase, as "on" of "on demand" does."""
    return words[0] in passed_over and _read(words) <= 1


def _take_switched_off(text: str) -> tuple[list[str], str]:
    """The phrases that stand before a negation, and the text with gaps in their places."""
    negated: list[str] = []
    for match in reversed(list(AT_THE_END.finditer(text))):
        words = list(WORD.finditer(text, 0, match.start()))
        while words and words[-1][0] in LINKS_BEFORE:
            words.pop()
        if phrase := _last_phrase([word[0] for word in words]):
            negated.insert(0, " ".join(phrase))
            text = text[: words[-len(phrase)].start()] + "  " + text[match.end() :]
    return negated, text


def _last_phrase(words: Sequence[str]) -> Sequence[str]:
    """The words at the end that are read together as what can be switched off; none if they are not."""
    ends = (words[-length:] for length in range(min(len(words), MAX_WORDS), 0, -1))
    phrase = next((end for end in ends if _read(end) == len(end)), ())
    return () if _is_stopped(" ".join(phrase)) else phrase


def _is_stopped(phrase: str) -> bool:
    """Whether what is off still has a price: a machine or a product, unlike a feature of them."""
    products = (fact.facts[0][1] for fact in take_facts(phrase)[0] if fact.attribute == "product")
    return bool(MACHINE.match(phrase)) or not all(map(is_feature, products))


def _length_of_phrase(words: Sequence[str]) -> int:
    """The number of words that are read together, at least 1."""
    return max(_read(words), 1)


def _read(words: Sequence[str]) -> int:
    """The number of words at the start that are a machine type, a product or a phrase of the vocabulary."""
    if machine := MACHINE.match(" ".join(words)):
        return len(machine[0].split())
    tokens = tokens_of(words)
    texts = [token.text for token in tokens]
    reading = vocabulary().read(texts, 0, Side.QUESTION, None)
    products = product_names().at(texts, 0)
    end = max(reading.end if reading else 0, products[0][0] if products else 0)
    return tokens[end - 1].word + 1 if end else 0
