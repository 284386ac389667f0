"""Prose that is looked at before it is shown: sentences of a stream, with their figures held to evidence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.held.evidence import Evidence, words
from assistant.held.numbers import Number, numbers

MARK, ASKED = " [in no row]", " [from the question]"
# A sentence that goes on is looked at in parts.
_MAX_HELD_BACK = 1_000
_END = re.compile(r"\n|[.!?][)\]\"'*_]*\s+(?=\S)|[.!?]\s+$")
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_MONTH = rf"\b(?:{_MONTHS})[a-z]*\.?"
_YEAR, _DAY = r"(?:19|20)\d{2}", r"\d{1,2}(?:st|nd|rd|th)?(?:[ ]?[-\u2013][ ]?\d{1,2})?"
_NO_MONEY = r"(?! ?(?:usd|eur|dollars|%))"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
# Dates and times, by how they are written.
_TIMES = (
    rf"\b\d{{4}}-\d{{2}}(?:-\d{{2}})?(?:[T ]{_CLOCK}(?:Z|[+-]\d{{2}}:\d{{2}})?)?(?![\d-])",
    rf"\b{_CLOCK}\b",
    rf"{_MONTH} {_DAY}(?:,? {_YEAR})?(?![\d.,]*\d)",
    rf"\b{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?\b",
    rf"{_MONTH},? {_YEAR}\b",
    rf"\b(?:q[1-4]|h[12]|fy|week|year)[ -]?(?:{_YEAR}|\d{{1,2}})?(?: {_YEAR})?\b",
    rf"\b(?:in|of|since|during|until|through|by|for|from|to|late|early|mid)[ -]{_YEAR}\b{_NO_MONEY}",
)
_DATES = [re.compile(each, re.IGNORECASE) for each in _TIMES]
_LENGTH = re.compile(r"[- ](day|week|month|minute)", re.IGNORECASE)
_ITEM = re.compile(r"^\s*(?:[-*>#|]\s*)*(?:\*\*)?\d{1,3}[.)](?:\*\*)?(?=\s)", re.MULTILINE)
_ORDINAL = re.compile(r"(?:\b\d{1,3}(?:st|nd|rd|th)\b|#\d{1,3}\b)", re.IGNORECASE)
# Of a price: per 1M tokens, /1,000 requests.
_UNIT = re.compile(r"(?:\bper|\bfor each|/)[ ]?(?:\*\*)?$", re.IGNORECASE)
_ONES = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    "eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
)
_LARGE = "hundred|thousand|million|billion|trillion|dozen"
_UNITS = "percent|per cent|dollars?|euros?|cents"
# Numbers in words: large ones, and those of money and per cent.
_SPELLED = re.compile(
    rf"\b(?:(?:one|a|several|few|{_ONES}|{_LARGE})[ -](?:and[ ])?)*(?:{_LARGE})s?\b"
    rf"(?:[ -](?:and[ ])?(?:{_ONES}|{_LARGE})\b)*|\b(?:{_ONES})(?:-\w+)?[ ](?:{_UNITS})\b",
    re.IGNORECASE,
)
# Letters and digits of one word, as in us-east-1, H100 and gpt-4o. 500tokens is none.
_JOINED_BEFORE = re.compile(r"[^\W\d_][-_]?$")
_JOINED_AFTER = re.compile(r"[^\W\d_]{1,2}(?!\w)")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that may be shown: `is_held` is false of a figure in no row, which then says so."""

    text: str
    is_held: bool = True


class Prose:
    """A model's text on its way to who reads it.

    Args:
        evidence: what its figures are held to; it grows as tools answer.
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence, self._waiting = evidence, ""
        self.unheld: list[str] = []

    def add(self, text: str) -> Iterator[Run]:
        """Take in text, and give out what is whole: sentences and lines."""
        self._waiting += "".join(sign for sign in text if _is_shown(sign))
        ends = [found.end() for found in _END.finditer(self._waiting)]
        end = ends[-1] if ends else 0
        if not end and len(self._waiting) > _MAX_HELD_BACK:
            # Between words that are not about a number.
            spaces = [
                at.start() for at in re.finditer(r"(?<=[^\W\d][^\W\d])[ ](?=[^\W\d])", self._waiting[:-60])
            ]
            end = spaces[-1] if spaces else 0
        ready, self._waiting = self._waiting[:end], self._waiting[end:]
        yield from self._runs(ready)

    @property
    def is_waiting(self) -> bool:
        """Whether there is text that was not given out yet."""
        return bool(self._waiting.strip())

    def finish(self) -> Iterator[Run]:
        """Give out the rest."""
        ready, self._waiting = self._waiting, ""
        yield from self._runs(ready)

    def _runs(self, text: str) -> Iterator[Run]:
        shown = 0
        for start, end, mark in sorted(self._marked(text)):
            if start < shown:
                continue
            if start > shown:
                yield Run(text[shown:start])
            self.unheld.append(text[start:end].strip())
            yield Run(text[start:end] + mark, is_held=False)
            shown = end
        if shown < len(text):
            yield Run(text[shown:])

    def _marked(self, text: str) -> Iterator[tuple[int, int, str]]:
        found = [*numbers(text)]
        asides = [*self._asides(text)]
        for number in found:
            if any(start <= number.digits < end for start, end in asides) and not number.currency:
                continue
            if not self._is_held(number, text):
                is_asked = self._evidence.was_asked(number)
                yield number.start, number.end, ASKED if is_asked else MARK
        covered = [(number.start, number.end) for number in found]
        for spelled in _SPELLED.finditer(text):
            is_part = any(start < spelled.end() and spelled.start() < end for start, end in covered)
            if not is_part and not _UNIT.search(text[: spelled.start()]):
                yield spelled.start(), spelled.end(), MARK

    def _asides(self, text: str) -> Iterator[tuple[int, int]]:
        """What is written like something else than a figure."""
        for pattern in (*_DATES, _ITEM, _ORDINAL):
            for found in pattern.finditer(text):
                yield found.span()
        yield from _mentions(text, self._evidence)

    def _is_held(self, number: Number, text: str) -> bool:
        if number.is_count and (
            _JOINED_BEFORE.search(text[: number.digits]) or _JOINED_AFTER.match(text[number.end :])
        ):
            return True
        if not number.currency and not number.is_percent and _UNIT.search(text[: number.start]):
            return True
        length = _LENGTH.match(text[number.end :])
        unit = length[1].casefold() if length else ""
        return self._evidence.holds(number) or self._evidence.counts_to(number, unit)


def _is_shown(sign: str) -> bool:
    """Whether a sign is one to read: others could hide a number, or be obeyed by a terminal."""
    return sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")


def _mentions(text: str, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Where names of the rows are said: as they are, or as words, such as Claude Sonnet 4.6."""
    folded = text.casefold()
    for name in evidence.names | {evidence.question}:
        short = name.casefold()
        if any(sign.isdigit() for sign in short):
            for found in re.finditer(rf"(?<!\w){re.escape(short)}(?!\w)", folded):
                yield found.span()
    said = [(found.group(), found.span()) for found in re.finditer(r"[^\W_]+", folded)]
    for version in {*evidence.words_of_names(), *_versions(evidence.question)}:
        if not _is_version(version):
            continue
        for at in range(len(said) - len(version) + 1):
            if tuple(word for word, _ in said[at : at + len(version)]) == version:
                yield said[at][1][0], said[at + len(version) - 1][1][1]


def _versions(question: str) -> Iterator[tuple[str, ...]]:
    """What the question calls by a name and a number: Sonnet 4.6."""
    found = words(question)
    for at, word in enumerate(found):
        if word.isalpha():
            numbers_ = []
            for following in found[at + 1 : at + 4]:
                if not following.isdigit():
                    break
                numbers_.append(following)
                yield (word, *numbers_)


def _is_version(name: tuple[str, ...]) -> bool:
    """Whether the numbers of a name are small, as those of versions are: none that could be an amount."""
    digits = [word for word in name if any(sign.isdigit() for sign in word)]
    return (
        bool(digits)
        and name[0].isalpha()
        and all(len(word) <= (2 if word.isdigit() else 4) for word in digits)
    )
