"""Quantities as people and agents send them: exact decimals within bounds."""

from __future__ import annotations

import re
from decimal import Decimal

from catalog.errors import InvalidArgumentError
from catalog.pricing.decimals import EXACT, plain
from catalog.pricing.unit_words import read_unit
from catalog.pricing.written_numbers import MULTIPLIERS, SUFFIXES, WrittenNumber, split_number

MAX_QUANTITY = Decimal("1e18")
_MAX_DIGITS = 40
_MAX_DECIMAL_PLACES = 30
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
# Commas that only separate thousands. "1,024" alone is 1.024 in half of the world, so it is refused.
_THOUSANDS = re.compile(r"\+?\d{1,3}(,\d{3}){2,}(\.\d*)?|\+?[1-9]\d{0,2},\d{3}\.\d*", re.ASCII)
_SEPARATED = re.compile(r"\d+(?:[.,' _]+\d+)+", re.ASCII)


def parse_quantity(text: str) -> Decimal:
    """Parse a quantity.

    Args:
        text: a decimal number, such as "730", "0.5", "1e6", "5,000,000", "10k" or "2.5 million".

    Returns:
        The quantity, exactly as written.

    Raises:
        InvalidArgumentError: the text is not a number, or check_quantity refuses the number.
    """
    number = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text
    if len(text) <= _MAX_DIGITS and _NUMBER.fullmatch(number):
        return check_quantity(Decimal(number))
    written = split_number(text[:_MAX_DIGITS])
    if len(text) <= _MAX_DIGITS and (multiplier := _multiplier(written)):
        return check_quantity(EXACT.multiply(written.value, multiplier))
    raise InvalidArgumentError(
        f"{text[:_MAX_DIGITS]!r} is not a quantity.",
        hint=_what_to_send(text, written)
        or f"Send a number or a decimal string of at most {_MAX_DIGITS} characters, such as 730.",
    )


def check_quantity(quantity: Decimal) -> Decimal:
    """Return the quantity if it is a possible amount of usage.

    Args:
        quantity: the usage of a month, in any unit.

    Returns:
        The same quantity.

    Raises:
        InvalidArgumentError: it is negative, not finite, over 10^18, or has too many digits.
    """
    if not quantity.is_finite() or not 0 <= quantity <= MAX_QUANTITY:
        raise InvalidArgumentError(
            "A quantity must be a number from 0 to 10^18.", hint="Send the usage of one month, such as 730."
        )
    _, digits, exponent = quantity.as_tuple()
    if int(exponent) < -_MAX_DECIMAL_PLACES or len(digits) > _MAX_DIGITS:
        raise InvalidArgumentError(
            f"A quantity can have at most {_MAX_DECIMAL_PLACES} decimal places and {_MAX_DIGITS} digits."
        )
    return quantity


def _multiplier(written: WrittenNumber) -> int:
    """By what the digits are multiplied: 1000 for "10k"; 0 if the text has another meaning too, or none."""
    if not written.digits or written.is_ambiguous or "," in written.digits:
        return 0
    word = written.rest.casefold().removesuffix("s")
    if word:
        return 0 if written.suffix else MULTIPLIERS.get(word, 0)
    return SUFFIXES[written.suffix.casefold()] if written.suffix.casefold() in {"k", "bn"} else 0


def _what_to_send(text: str, written: WrittenNumber) -> str:
    """How to send a number with separators, a unit, or a letter that may be a unit; otherwise nothing."""
    if _SEPARATED.fullmatch(text):
        return "Send the digits without separators, and decimals with a point."
    unit = f"{written.suffix} {written.rest}".strip()
    if not written.digits or written.is_ambiguous or not unit[:1].isalpha():
        return ""
    if not written.rest:
        multiplier = SUFFIXES[written.suffix.casefold()]
        word = next(word for word, factor in MULTIPLIERS.items() if factor == multiplier)
        number = plain(EXACT.multiply(written.value, multiplier))
        return f"Send {number} if {written.suffix} means {word}; a unit goes in `unit`."
    if read_unit(unit) or unit.isalpha():
        return f"Send quantity {plain(written.value)} and unit {unit!r}."
    return ""
