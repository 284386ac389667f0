"""Units of usage: parses Google's unit codes and everyday words, and converts quantities exactly.

This table is our own because pint, the usual units library, reads "Gb" as gilberts, makes a month 30.44 days,
does not know Google's codes, "vCPU" or "million", and takes 0.4 s to start.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from catalog.errors import UnitMismatchError
from catalog.pricing.decimals import EXACT, ROUNDED, plain

HOURS_PER_MONTH = 730
_HOUR_SECONDS = Decimal(3600)
_MONTH_SECONDS = HOURS_PER_MONTH * _HOUR_SECONDS


class Unit(NamedTuple):
    """`size` base units of a dimension: "By", "s", "By.s" or "count".

    The length of a month depends on the SKU, so `months` is counted apart from `size`.
    """

    size: int
    dimension: str
    months: int = 0


def _byte_words() -> dict[str, Unit]:
    words = dict.fromkeys(("b", "by", "byte"), Unit(1, "By"))
    names = ("kilo kibi", "mega mebi", "giga gibi", "tera tebi", "peta pebi", "exa exbi")
    for power, name in enumerate(names, start=1):
        letter, (decimal, binary) = name[0], name.split()
        words |= dict.fromkeys((f"{letter}b", f"{letter}by", f"{decimal}byte"), Unit(1000**power, "By"))
        words |= dict.fromkeys((f"{letter}ib", f"{letter}iby", f"{binary}byte"), Unit(1024**power, "By"))
    return words


_SECONDS = {"s sec second": 1, "min minute": 60, "h hr hour": 3600, "d day": 86400, "wk week": 604_800}
_MONTHS = {"mo month": 1, "a yr year": 12}
_MULTIPLIERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
# Things that are counted, or that run for a time: "vCPU hours" are hours, "requests" are a count.
_THINGS = (
    "count unit item request req operation op query querie call message invocation transaction event"
    " character image page key secret user license ip iop cpu vcpu core gpu tpu chip node instance vm pod"
)

_WORDS: dict[str, Unit] = (
    _byte_words()
    | {word: Unit(size, "s") for words, size in _SECONDS.items() for word in words.split()}
    | {word: Unit(1, "s", months) for words, months in _MONTHS.items() for word in words.split()}
    | {word: Unit(size, "count") for word, size in _MULTIPLIERS.items()}
    | {word: Unit(1, "count") for word in _THINGS.split()}
)
_ANNOTATION = re.compile(r"\{[^{}]*\}")  # UCUM annotates a count with its subject: {request}
_SEPARATORS = re.compile(r"[\s.·*_-]+")
_BITS = re.compile(r"b|[KMGTPE]i?b")  # a small b after a capital is a bit, but people type "gb" for GB
_MAX_TEXT_LENGTH = 60
_MAX_SIZE = 10**30

_COMPATIBLE_UNITS = {
    "By": ("GiBy", "MiBy", "TiBy", "GBy", "TBy", "By"),
    "s": ("h", "s", "min", "d", "mo"),
    "By.s": ("GiBy.mo", "GiBy.h", "TiBy.mo", "GBy.mo", "GBy.h", "By.s"),
    "count": ("count", "thousand", "million", "billion"),
}


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit | None:
    """Parse a unit.

    Args:
        text: a UCUM code as Google writes it ("GiBy.mo") or everyday words ("GB month", "million requests").

    Returns:
        The unit, or None if the text is ambiguous or not a unit.
    """
    if len(text) > _MAX_TEXT_LENGTH:
        return None
    words = _SEPARATORS.split(_ANNOTATION.sub("count", text).strip())
    found = [_parse_word(word) for word in words]
    size, months, dimensions = 1, 0, []
    for unit in found:
        if unit is None:
            return None
        size *= unit.size
        months += unit.months
        if unit.dimension != "count":
            dimensions.append(unit.dimension)
    dimension = ".".join(sorted(dimensions)) or "count"
    return Unit(size, dimension, months) if dimension in _COMPATIBLE_UNITS and size <= _MAX_SIZE else None


def _parse_word(word: str) -> Unit | None:
    if _BITS.fullmatch(word):
        return None
    if word.isascii() and word.isdecimal() and int(word):
        return Unit(int(word), "count")
    known = word.lower()
    return _WORDS.get(known) or _WORDS.get(known.removesuffix("s"))


@dataclass(frozen=True, slots=True)
class UsageUnit:
    """The unit that a SKU is priced in: one `code` is `factor` base units. Tiers start at amounts of it."""

    code: str
    description: str
    base_unit: str
    factor: Decimal

    def base_quantity(self, quantity: Decimal, unit: str | None) -> Decimal:
        """Convert a quantity to base units, exactly.

        Args:
            quantity: the amount.
            unit: a code or words for its unit; None for the usage unit.

        Returns:
            The amount in base units.

        Raises:
            UnitMismatchError: the unit is unknown or of another dimension.
        """
        if unit is None or self._is_own(unit):
            return EXACT.multiply(quantity, self.factor)
        named = self._parse(unit)
        months = EXACT.multiply(self.month_seconds, named.months) if named.months else 1
        return EXACT.multiply(quantity, EXACT.multiply(months, named.size))

    @property
    def month_seconds(self) -> Decimal:
        """The length of a month: the SKU's own if it is priced by the month, otherwise 730 hours.

        So "1 mo" of a SKU priced by the month is 1, while 730 hours of it are 730/744, because Google's
        factor for a month is 31 days.
        """
        own = parse_unit(self.code)
        if own is None or not own.months:
            return _MONTH_SECONDS
        return EXACT.divide(self.factor, Decimal(own.size * own.months))

    def conversion_note(self, unit: str | None) -> str | None:
        """A sentence on how `unit` was converted, or None if it is the usage unit by another name."""
        if unit is None or (base := self.base_quantity(Decimal(1), unit)) == self.factor:
            return None
        one = ROUNDED.divide(base, self.factor)
        note = f"1 {unit} is {plain(one)} {self.code}."
        if self.month_seconds != _MONTH_SECONDS and not self._parse(unit).months:
            note += f" This SKU's month has {plain(ROUNDED.divide(self.month_seconds, _HOUR_SECONDS))} hours."
        return note

    def compatible_units(self) -> list[str]:
        """Units in which a quantity of this SKU can be sent, the usage unit first."""
        others = _COMPATIBLE_UNITS[self._dimension] if self._dimension else ()
        return list(dict.fromkeys((self.code, *others)))

    @property
    def _dimension(self) -> str | None:
        base = parse_unit(self.base_unit)
        return base.dimension if base and base.size == 1 and not base.months else None

    def _is_own(self, unit: str) -> bool:
        return unit.casefold() in (self.code.casefold(), self.description.casefold())

    def _parse(self, unit: str) -> Unit:
        named = parse_unit(unit)
        if named is None or named.dimension != self._dimension:
            raise UnitMismatchError(
                f"{unit!r} cannot be converted to this SKU's usage unit, {self.code} ({self.description}).",
                hint="Send the quantity in one of the candidates, or omit the unit.",
                candidates=self.compatible_units(),
            )
        return named
