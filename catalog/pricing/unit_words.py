"""The words of units: parses Google's unit codes and everyday words.

This table is our own because pint, the usual units library, reads "Gb" as gilberts, makes a month 30.44 days,
does not know Google's codes, "vCPU" or "million", and takes 0.4 s to start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from catalog.pricing.decimals import EXACT
from catalog.pricing.written_numbers import MULTIPLIERS, SUFFIXES, WrittenNumber, split_number


class Unit(NamedTuple):
    """`size` base units of a dimension: "By", "s", "By.s" or "count".

    The length of a month depends on the SKU, so `months` is counted apart from `size`.
    """

    size: int | Decimal
    dimension: str
    months: int = 0


class Reading(NamedTuple):
    """A unit, and the things in it, in the singular: "vCPU hours" are hours of the thing "vcpu"."""

    unit: Unit
    things: frozenset[str]

    @property
    def is_of_events(self) -> bool:
        return not EVENTS.isdisjoint(self.things)


def _byte_words() -> dict[str, Unit]:
    words = dict.fromkeys(("b", "by", "byte"), Unit(1, "By"))
    names = ("kilo kibi", "mega mebi", "giga gibi", "tera tebi", "peta pebi", "exa exbi")
    for power, name in enumerate(names, start=1):
        letter, (decimal, binary) = name[0], name.split()
        words |= dict.fromkeys((f"{letter}b", f"{letter}by", f"{decimal}byte"), Unit(1000**power, "By"))
        words |= dict.fromkeys((f"{letter}ib", f"{letter}iby", f"{binary}byte"), Unit(1024**power, "By"))
    return words


# Things that happen are counted. They cannot run or be kept: "request hours" means nothing.
_EVENTS = (
    "request req operation op query call message invocation transaction event character char token image page"
    " read write delete lookup search notification prediction document entity row record"
)
# Things that run or are kept for a time: "vCPU hours" are hours. IOPS are provisioned, not counted.
_RESOURCES = (
    "accelerator address build chip cluster connection core cpu device disk domain endpoint gateway gpu iop"
    " instance ip job key license machine node pod replica rule seat secret server shard slot tpu tunnel user"
    " vcpu version vm volume zone"
)
EVENTS = frozenset(_EVENTS.split())
RESOURCES = frozenset(_RESOURCES.split())
# Parts of a machine: a SKU that names them ("Dual Core Server") still prices the machine.
PARTS = frozenset(("accelerator", "chip", "core", "cpu", "gpu", "tpu", "vcpu"))
# Accesses differ in price, and a SKU counts only those in its name: not writes of "Class B Operations".
ACCESSES = frozenset(("read", "write", "delete"))
# Words that say which of the things are meant.
QUALIFIERS = frozenset(("api", "dns", "http", "https", "input", "output"))
# Things that are priced side by side. A SKU whose name has one of them does not price the others.
CONTRASTS = (
    ACCESSES,
    frozenset(("input", "output")),
    frozenset(("token", "character")),
)

_SECONDS = {"s sec second": 1, "min minute": 60, "h hr hour": 3600, "d day": 86400, "wk week": 604_800}
_MONTHS = {"mo month": 1, "a yr year": 12}
WORDS: dict[str, Unit] = (
    _byte_words()
    | {word: Unit(size, "s") for words, size in _SECONDS.items() for word in words.split()}
    | {word: Unit(1, "s", months) for words, months in _MONTHS.items() for word in words.split()}
    | {word: Unit(size, "count") for word, size in MULTIPLIERS.items()}
    | dict.fromkeys(("count", "unit", "item", *EVENTS, *RESOURCES, *QUALIFIERS), Unit(1, "count"))
)
_ANNOTATION = re.compile(r"\{[^{}]*\}")  # UCUM annotates a count with its subject: {request}
# Each quantity is the usage of one month, so "per month" adds nothing to a unit.
_PER_MONTH = re.compile(r"(?: */ *| +(?:per|a) +)(?:mo|months?)$", re.IGNORECASE)
_FILLERS = frozenset(("of",))  # "millions of requests"
SEPARATORS = re.compile(r"[\s.·*_-]+")
BITS = re.compile(r"b|[KMGTPE]i?b")  # a small b after a capital is a bit, but people type "gb" for GB
_MAX_TEXT_LENGTH = 60
_MAX_SIZE = 10**30
_MAX_DECIMAL_PLACES = 6
DIMENSIONS = ("By", "s", "By.s", "count")


def parse_unit(text: str) -> Unit | None:
    """Parse a unit.

    Args:
        text: a UCUM code as Google writes it ("GiBy.mo") or everyday words ("GB month", "million requests").

    Returns:
        The unit, or None if the text is ambiguous or not a unit.
    """
    reading = read_unit(text)
    return reading.unit if reading else None


@lru_cache(maxsize=1024)
def read_unit(text: str, dimension: str | None = None) -> Reading | None:
    """Parse a unit with the things that it names.

    Args:
        text: as for parse_unit.
        dimension: the dimension that is wanted, which decides between several readings: "1M" counts a million
            where a month cannot be meant.

    Returns:
        The unit and its things, or None if the text is ambiguous or not a unit.
    """
    if len(text) > _MAX_TEXT_LENGTH:
        return None
    number = split_number(without_month(text))
    if number.is_ambiguous:
        return None
    readings = [_with_suffix_as_multiplier(number, dimension), _with_suffix_as_word(number)]
    found = [reading for reading in readings if reading]
    if len(found) > 1:
        found = [reading for reading in found if reading.unit.dimension == dimension]
    return found[0] if len(found) == 1 else None


def without_month(text: str) -> str:
    """The unit of which the text is so much per month."""
    return _PER_MONTH.sub("", _ANNOTATION.sub("count", " ".join(text.split())))


def _with_suffix_as_multiplier(number: WrittenNumber, dimension: str | None) -> Reading | None:
    """The reading of "1M requests" as a million of them; without a suffix, the only reading."""
    words = _words(number.rest)
    reading = _reading(number, SUFFIXES[number.suffix.lower()], words)
    if reading is None or not number.suffix or (words and reading.unit.dimension == "count"):
        return reading
    if words:  # "10m hours" may be ten minutes
        is_clear = number.suffix == "M" or number.suffix.lower() not in "mb"
        return reading if number.digits and is_clear else None
    if number.digits and number.suffix.lower() in {"k", "bn"}:
        return reading
    return reading if dimension == "count" and (number.digits or number.suffix in "kKM") else None


def _with_suffix_as_word(number: WrittenNumber) -> Reading | None:
    """The reading of "1B" as a byte."""
    return _reading(number, 1, [number.suffix, *_words(number.rest)]) if number.suffix else None


def _words(text: str) -> list[str]:
    return [word for word in SEPARATORS.split(text) if word.lower() not in _FILLERS] if text else []


def _reading(number: WrittenNumber, multiplier: int, words: Sequence[str]) -> Reading | None:
    found = [_singular(word) for word in words]
    is_number = bool(number.digits) or multiplier > 1
    # "input" alone is not a thing.
    if None in found or not (is_number or not QUALIFIERS.issuperset(found)):
        return None
    unit = _product([Unit(multiplier, "count"), *(WORDS[word] for word in found if word)], number.value)
    reading = Reading(unit, frozenset(filter(None, found)) & (EVENTS | RESOURCES | QUALIFIERS))
    return reading if _makes_sense(reading) else None


def _product(units: Sequence[Unit], number: Decimal) -> Unit:
    size, months = number, 0
    for unit in units:
        size = EXACT.multiply(size, unit.size)
        months += unit.months
    dimensions = sorted(unit.dimension for unit in units if unit.dimension != "count")
    return Unit(size, ".".join(dimensions) or "count", months)


def _makes_sense(reading: Reading) -> bool:
    size, dimension, _ = reading.unit
    if dimension not in DIMENSIONS or not 0 < size <= _MAX_SIZE:
        return False
    if EXACT.remainder(EXACT.scaleb(Decimal(size), _MAX_DECIMAL_PLACES), 1):
        return False
    return dimension == "count" or not reading.is_of_events


def _singular(word: str) -> str | None:
    """The known word in the singular, or None."""
    return None if BITS.fullmatch(word) else next((form for form in singulars(word) if form in WORDS), None)


def singulars(word: str) -> Iterator[str]:
    """The forms, in lower case, of which `word` may be the plural, and itself."""
    word = word.lower()
    yield word
    if word.endswith("s"):
        yield word[:-1]
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches")):
        yield word[:-2]
