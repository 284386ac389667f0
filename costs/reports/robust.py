"""Statistics that a few odd days do not move, in decimals of few digits: they are estimates, never money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

# Money is added up exactly elsewhere; what is estimated here is good to a few digits.
ESTIMATES = Context(prec=12, rounding=ROUND_HALF_EVEN, traps=[DivisionByZero, InvalidOperation, Overflow])

_ZERO = Decimal(0)
_HALF = Decimal("0.5")
# The standard deviation of a normal distribution in its median and its 90th per cent of absolute deviations.
_OF_MEDIAN = Decimal("1.4826")
_OF_NINE_TENTHS = Decimal("0.608")
_NINE_TENTHS = Decimal("0.9")


def median(values: Sequence[Decimal]) -> Decimal:
    """The middle value, or the mean of the two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) * _HALF


def spread(residuals: Sequence[Decimal]) -> Decimal:
    """What the standard deviation of normal residuals would be.

    It is the larger one by their median and by nine tenths of them, since a series that is odd on every
    tenth day is usually so.
    """
    ordered = sorted(abs(residual) for residual in residuals)
    middle = median(ordered) * _OF_MEDIAN
    most = ordered[int((len(ordered) - 1) * _NINE_TENTHS)] * _OF_NINE_TENTHS
    return max(middle, most)


def to_log(amount: Decimal, unit: Decimal) -> Decimal:
    """An amount on a scale that is that of logarithms far above `unit`, and also has 0 and credits."""
    size = abs(amount) / unit
    log = (size + (size * size + 1).sqrt()).ln() if size else _ZERO
    return log.copy_sign(amount)


def from_log(log: Decimal, unit: Decimal) -> Decimal:
    """The amount that to_log made of."""
    grown = abs(log).exp()
    return ((grown - 1 / grown) * _HALF * unit).copy_sign(log)
