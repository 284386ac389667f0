"""Prices of AWS and Azure in the form of the tables: units as the list writes them, tiers in whole nanos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from catalog.errors import ParseError
from catalog.meters.units import Unit, read_unit
from catalog.providers.records import TierRecord

NANOS_PER_UNIT = 10**9
# What reading an entry of another form than the documented one raises.
MALFORMED = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, ParseError)
# A month is 730 hours: AWS and Azure state no other.
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "month": 730 * 3600}
_CODES = {"second": "s", "minute": "min", "hour": "h", "day": "d", "month": "mo"}
_SHORT = {"s": "second", "h": "hour", "hr": "hour", "mo": "month"}
_COUNT = "count"
_MAX_SCALE = 3


@dataclass(frozen=True, slots=True)
class ListedUnit:
    """The unit of a price, as columns of pricing_info; `base` is empty if its words are not known."""

    code: str
    description: str
    base: str = ""
    factor: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class ListedRate:
    """Above `start` units, a unit costs `price` in the currency of the list."""

    start: Decimal
    price: Decimal


def unit_of(text: str) -> ListedUnit:
    """The unit that a list writes as "1K tokens", "1/Hour" or "image"; unknown words stay as they are."""
    read = read_unit(text)
    if not read:
        return ListedUnit(text, text)
    name = _time_of(read)
    if name and read.number == 1:
        return ListedUnit(_CODES[name], name, "s", Decimal(_SECONDS[name]))
    return ListedUnit(text, text) if name else ListedUnit(text, text, _COUNT, read.number)


def _time_of(unit: Unit) -> str | None:
    noun = unit.noun.removesuffix("s") if len(unit.noun) > 1 else unit.noun
    noun = _SHORT.get(noun, noun)
    return noun if noun in _SECONDS else None


def tiers_of(rates: Iterable[ListedRate], unit: ListedUnit) -> tuple[ListedUnit, tuple[TierRecord, ...]]:
    """The unit and the tiers of a price, lowest first.

    AWS and Azure list 0 for what they do not sell at that rate, and for what is not sold yet: if all tiers
    are 0, there is no price. A price that is no whole number of nanos is given for ten, a hundred or a
    thousand times the unit.

    Raises:
        ParseError: a price is negative, or has too many digits.
    """
    found = sorted(rates, key=lambda rate: rate.start)
    if not any(rate.price for rate in found):
        return unit, ()
    if any(rate.price < 0 or rate.start < 0 for rate in found):
        raise ParseError("a price or the start of its tier is negative")
    for scale in (10**power for power in range(_MAX_SCALE + 1)):
        nanos = [rate.price * NANOS_PER_UNIT * scale for rate in found]
        if all(each == each.to_integral_value() for each in nanos):
            return _scaled(unit, scale), _tiers(found, nanos, scale)
    raise ParseError(f"the price {found[0].price} has too many digits")


def _tiers(rates: Sequence[ListedRate], nanos: Sequence[Decimal], scale: int) -> tuple[TierRecord, ...]:
    return tuple(
        TierRecord(rate.start / scale, str(int(each) // NANOS_PER_UNIT), int(each) % NANOS_PER_UNIT)
        for rate, each in zip(rates, nanos, strict=True)
    )


def _scaled(unit: ListedUnit, scale: int) -> ListedUnit:
    if scale == 1:
        return unit
    if unit.base != _COUNT:
        raise ParseError(f"a price per {unit.code} has too many digits")
    factor = unit.factor * scale
    noun = unit.code.split()[-1] if " " in unit.code else _COUNT
    code = f"{factor:f} {noun}"
    return ListedUnit(code, code, _COUNT, factor)


def text_of(value: Any) -> str:
    """The text; raises ParseError if it is something else."""
    if not isinstance(value, str):
        raise ParseError(f"{value!r} is not text")
    return value


def time_of(value: Any) -> datetime:
    """The time in UTC; raises ParseError if it has no zone, ValueError if it is none."""
    time = datetime.fromisoformat(text_of(value))
    if time.tzinfo is None:
        raise ParseError(f"time {value} has no zone")
    return time.astimezone(UTC)


def finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ParseError(f"{number} is not a finite number")
    return number


def reason(error: Exception) -> str:
    """What is wrong with an entry, in words for people."""
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    return f"{error}" if isinstance(error, ParseError) else f"its form is not the documented one ({error})"
