"""The words of units: parses Google's unit codes and everyday words.

This table is our own because pint, the usual units library, reads "Gb" as gilberts, makes a month 30.44 days,
does not know Google's codes, "vCPU" or "million", and takes 0.4 s to start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple


class Unit(NamedTuple):
    """`size` base units of a dimension: "By", "s", "By.s" or "count".

    The length of a month depends on the SKU, so `months` is counted apart from `size`.
    """

    size: int
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
_MULTIPLIERS = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_SUFFIXES = {"": 1, "k": 10**3, "m": 10**6}
WORDS: dict[str, Unit] = (
    _byte_words()
    | {word: Unit(size, "s") for words, size in _SECONDS.items() for word in words.split()}
    | {word: Unit(1, "s", months) for words, months in _MONTHS.items() for word in words.split()}
    | {word: Unit(size, "count") for word, size in _MULTIPLIERS.items()}
    | dict.fromkeys(("count", "unit", "item", *EVENTS, *RESOURCES, *QUALIFIERS), Unit(1, "count"))
)
_ANNOTATION = re.compile(r"\{[^{}]*\}")  # UCUM annotates a count with its subject: {request}
# Each quantity is the usage of one month, so "per month" adds nothing to a unit.
_PER_MONTH = re.compile(r"(?: */ *| +(?:per|a) +)(?:mo|months?)$", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d+)?(?P<suffix>[km]?)(?:[\s·*_-]+|\.(?!\d)|$)", re.ASCII | re.IGNORECASE
)
_SEPARATORS = re.compile(r"[\s.·*_-]+")
_BITS = re.compile(r"b|[KMGTPE]i?b")  # a small b after a capital is a bit, but people type "gb" for GB
_MAX_TEXT_LENGTH = 60
_MAX_SIZE = 10**30
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
def read_unit(text: str) -> Reading | None:
    """Parse a unit with the things that it names.

    Args:
        text: as for parse_unit.

    Returns:
        The unit and its things, or None if the text is ambiguous or not a unit.
    """
    if len(text) > _MAX_TEXT_LENGTH:
        return None
    text = _PER_MONTH.sub("", _ANNOTATION.sub("count", text).strip())
    digits, suffix, rest = _leading_number(text)
    words = _SEPARATORS.split(rest) if rest else []
    found = [_singular(word) for word in words]
    if None in found:
        return None
    units = [Unit(_number(digits, suffix), "count"), *(WORDS[word] for word in found if word)]
    reading = Reading(_product(units), frozenset(filter(None, found)) & (EVENTS | RESOURCES | QUALIFIERS))
    says_what = bool(digits) or not QUALIFIERS.issuperset(found)  # "input" alone is not a thing
    return reading if says_what and _makes_sense(reading, digits, suffix, words) else None


def _leading_number(text: str) -> tuple[str, str, str]:
    """The digits and the suffix that the text starts with ("10", "k"), and the rest."""
    number = _NUMBER.match(text)
    if number is None or not (number["digits"] or number["suffix"]):
        return "", "", text
    return number["digits"] or "", number["suffix"], text[number.end() :]


def _number(digits: str, suffix: str) -> int:
    return int(digits.replace(",", "") or 1) * _SUFFIXES[suffix.lower()]


def _product(units: list[Unit]) -> Unit:
    size, months = 1, 0
    for unit in units:
        size *= unit.size
        months += unit.months
    dimensions = sorted(unit.dimension for unit in units if unit.dimension != "count")
    return Unit(size, ".".join(dimensions) or "count", months)


def _makes_sense(reading: Reading, digits: str, suffix: str, words: list[str]) -> bool:
    unit = reading.unit
    if unit.dimension not in DIMENSIONS or not 0 < unit.size <= _MAX_SIZE:
        return False
    if reading.is_of_events:
        return unit.dimension == "count"
    # "1M" alone may be a million or a month, "10m hours" ten minutes, and "k" nothing at all.
    return not (suffix and (not digits or suffix == "m" or (suffix == "M" and not words)))


def _singular(word: str) -> str | None:
    """The known word in the singular, or None."""
    return None if _BITS.fullmatch(word) else next((form for form in singulars(word) if form in WORDS), None)


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
