"""Exact decimal arithmetic: two contexts and the way that numbers are written in answers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from functools import reduce

# A quantity has at most 40 digits, a unit 35 and a price 30. So the largest product, a cost times a
# quantity, stays under 190 digits, and no quotient is so near to half a nano that 200 digits mislead.
_DIGITS = 200
_TRAPS = [DivisionByZero, InvalidOperation, Overflow]

# Sums and products: a result that had to be rounded is a fault of ours, so it raises.
EXACT = Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN, traps=[*_TRAPS, Inexact])
# Quotients, which may have no last digit.
ROUNDED = Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN, traps=_TRAPS)

NANO = Decimal("1e-9")
_SHOWN_PLACES = Decimal("1e-30")  # enough for one byte in GiB, exactly


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, numbers, Decimal(0))


def plain(number: Decimal) -> str:
    """The number in digits: no exponent, no closing zeros, exact to 30 decimal places."""
    positive_zero = ROUNDED.plus(ROUNDED.quantize(number, _SHOWN_PLACES))
    return f"{ROUNDED.normalize(positive_zero):f}"
