"""Numbers as people write them at the start of a text: "10k operations", "2.5 million", "1e6 requests"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

MULTIPLIERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
# Letters after a number. Most of them may be a unit too: a million or a month, a billion or a byte.
SUFFIXES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12}

_SEPARATORS = r"(?:[\s·*_-]|\.(?!\d))"
_DIGITS = re.compile(
    r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:e[+-]?\d{1,2}(?!\d))?", re.ASCII | re.IGNORECASE
)
_SUFFIX = re.compile(rf"(bn|[kmbt])(?={_SEPARATORS}|$)", re.ASCII | re.IGNORECASE)
_LEADING_SEPARATORS = re.compile(rf"{_SEPARATORS}*", re.ASCII)
# Three digits after a point are thousands in half of the world.
_AMBIGUOUS = re.compile(r"[1-9]\d{0,2}\.\d{3}", re.ASCII)


class WrittenNumber(NamedTuple):
    """A text, split: its digits and suffix, each empty if there are none, and what follows them."""

    digits: str
    suffix: str
    rest: str

    @property
    def value(self) -> Decimal:
        """The number without its suffix; 1 if there are no digits."""
        return Decimal(self.digits.replace(",", "") or 1)

    @property
    def is_ambiguous(self) -> bool:
        """Whether the point may be a decimal point or separate thousands."""
        return _AMBIGUOUS.fullmatch(self.digits) is not None


def split_number(text: str) -> WrittenNumber:
    """Split a text into the number that it starts with, if any, and the rest."""
    digits = _DIGITS.match(text)
    rest = text
    if digits:
        rest = _without_separators(text[digits.end() :])
    suffix = _SUFFIX.match(rest)
    if suffix:
        rest = _without_separators(rest[suffix.end() :])
    return WrittenNumber(digits[0] if digits else "", suffix[0] if suffix else "", rest)


def _without_separators(text: str) -> str:
    return _LEADING_SEPARATORS.sub("", text, count=1)
