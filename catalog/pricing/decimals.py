"""Exact decimal arithmetic: two contexts, and the format of numbers in answers."""

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

# A quantity has at most 40 digits, a unit 37 and a price 30. So the largest product, a cost times a
# quantity, stays under 190 digits, and 200 digits are enough to round every quotient to the right nano.
_DIGITS = 200
_TRAPS = [DivisionByZero, InvalidOperation, Overflow]

# Sums and products. Rounding one would be a bug, so it raises.
EXACT = Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN, traps=[*_TRAPS, Inexact])
# Quotients, whose digits may never end.
ROUNDED = Context(prec=_DIGITS, rounding=ROUND_HALF_EVEN, traps=_TRAPS)

NANO = Decimal("1e-9")
PLACES = Decimal("1e-30")  # enough for one byte in GiB, exactly


def exact_sum(numbers: Iterable[Decimal]) -> Decimal:
    """The sum of the numbers, 0 if there are none.

    Raises:
        decimal.Inexact: the sum has more digits than any amount of ours can have.
    """
    return reduce(EXACT.add, numbers, Decimal(0))


def plain(number: Decimal) -> str:
    """Format a number in digits, without exponent or trailing zeros, to 30 decimal places."""
    positive_zero = ROUNDED.plus(ROUNDED.quantize(number, PLACES))
    return f"{ROUNDED.normalize(positive_zero):f}"
