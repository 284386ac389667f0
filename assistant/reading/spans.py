"""The phrases of a question: times, names, vocabulary and numbers, each word in one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.reading.names import Named, Names
from assistant.reading.periods import Time
from assistant.reading.spelling import Correction, corrected
from assistant.reading.times import TimeReader
from assistant.reading.vocabulary import HARMLESS, Meaning, meanings, times
from assistant.reading.words import MAX_CHARACTERS, Word, atoms, split
from costs.query.dimensions import NONE

_VALUE = "value"
COMMA = ","


@dataclass(eq=False)
class Span:
    """A phrase. `role` is empty until the reader has found out what it is for.

    Args:
        words: its words.
        at: the place of the first of them.
        meanings: of the vocabulary.
        named: of the data.
        time: the time that it says.
        number: the number that it is.
    """

    words: Sequence[Word]
    at: int
    meanings: Sequence[Meaning] = ()
    named: Sequence[Named] = ()
    time: Time | None = None
    number: int | None = None
    role: str = ""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def shown(self) -> str:
        return " ".join(word.shown for word in self.words)

    def keys(self, section: str) -> list[str]:
        return [meaning.key for meaning in self.meanings if meaning.section == section]

    def has(self, section: str, *keys: str) -> bool:
        return any(key in keys or not keys for key in self.keys(section))

    @property
    def is_harmless(self) -> bool:
        return self.has(HARMLESS) or self.text == COMMA

    @property
    def is_value(self) -> bool:
        return bool(self.named) or self.has(_VALUE)

    @property
    def is_known(self) -> bool:
        return bool(self.meanings or self.named or self.time or self.number is not None)

    def readings(self) -> dict[str, tuple[str | None, ...]]:
        """The values that it may name, by dimension."""
        found: dict[str, tuple[str | None, ...]] = {each.dimension: each.values for each in self.named}
        for key in self.keys(_VALUE):
            dimension, _, value = key.partition("=")
            found.setdefault(dimension, (None if value == NONE else value,))
        return found


@dataclass(frozen=True, slots=True)
class Sentence:
    """A question as phrases, and the words whose spelling was corrected."""

    spans: Sequence[Span]
    corrections: Sequence[Correction] = ()


def recognize(text: str, names: Names, today: date) -> Sentence:
    """The phrases of a question, the longest first where several start at a word.

    Args:
        text: the question.
        names: those of the loaded charges.
        today: the day on which it is asked.
    """
    known = meanings().words | times().words
    words, corrections = corrected(split(text[:MAX_CHARACTERS]), known, names.words)
    reader = TimeReader(words, today)
    spans: list[Span] = []
    at = 0
    while at < len(words):
        span = _span(words, at, names, reader)
        spans.append(span)
        at += len(span.words)
    return Sentence(spans, corrections)


def _span(words: Sequence[Word], at: int, names: Names, reader: TimeReader) -> Span:
    said = next(meanings().at(words, at), (0, ()))
    named = [] if _is_only_vocabulary(words, at) else names.at(words, at)
    timed = reader.at(at)
    length = named[0].length if named else 0
    if timed and timed[0] >= max(said[0], length):
        return Span(
            words[at : at + timed[0]], at, meanings=said[1] if said[0] == timed[0] else (), time=timed[1]
        )
    if named and (length > said[0] or (length == said[0] and _is_name(words, at, named, said[1]))):
        return Span(
            words[at : at + length], at, named=named, meanings=_values(said[1]) if length == said[0] else ()
        )
    if said[0]:
        return Span(words[at : at + said[0]], at, meanings=said[1])
    return Span(words[at : at + 1], at, number=_number(words[at]))


def _is_only_vocabulary(words: Sequence[Word], at: int) -> bool:
    """Whether a number or a sign starts here, which begins no name."""
    found = atoms(words[at].text)
    return not words[at].is_quoted and (not found or found[0].isdigit())


def _is_name(words: Sequence[Word], at: int, named: Sequence[Named], said: Sequence[Meaning]) -> bool:
    """Whether a phrase that is of the vocabulary too is meant as a name."""
    if any(meaning.section == _VALUE for meaning in said) or words[at].is_quoted:
        return True
    is_marked = at > 0 and any(
        meaning.section == "dimension" and meaning.key == each.dimension
        for _, found in meanings().at(words, at - 1)
        for meaning in found
        for each in named
    )
    return is_marked or (at > 0 and words[at].is_capital and not words[at - 1].is_capital)


def _values(said: Sequence[Meaning]) -> list[Meaning]:
    return [meaning for meaning in said if meaning.section == _VALUE]


def _number(word: Word) -> int | None:
    if word.text.isdecimal():
        return int(word.text)
    lexed = (
        int(meaning.key)
        for _, found in times().at([word], 0)
        for meaning in found
        if meaning.section == "number"
    )
    return next(lexed, None)


def content(spans: Sequence[Span]) -> Iterator[Span]:
    """The spans that say something."""
    return (span for span in spans if not span.is_harmless)
