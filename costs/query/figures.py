"""Measures computed from sums, in Decimal: an unknown divisor, or one of 0, makes a measure unknown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from catalog.pricing.decimals import EXACT, NANO, ROUNDED
from costs.query.question import SUMS, Question
from costs.query.statements import OF_TOKENS
from costs.query.summary import Sums

MILLION = Decimal(1_000_000)
HUNDRED = Decimal(100)
SHARE_PLACES = Decimal("1e-6")
PERCENT_PLACES = Decimal("1e-4")


@dataclass(frozen=True, slots=True)
class Change:
    """The difference from the period before, in the unit of the sum, and in per cent of what was then."""

    absolute: Decimal
    percent: Decimal | None


Figure = Decimal | Change | None


def figures(question: Question, sums: Sums, total: Sums, before: Sums | None) -> dict[str, Figure]:
    """The question's measures of one row.

    Args:
        question: the question.
        sums: the sums of the row.
        total: those of all rows in its currency.
        before: those of the period before; None if that is not known.
    """
    computed: dict[str, Figure] = {}
    for measure in question.measures:
        if measure in SUMS:
            computed[measure] = sums[measure]
        elif measure == "cost_per_million_tokens":
            computed[measure] = _quotient(sums[OF_TOKENS], sums["tokens"], MILLION, NANO)
        elif measure == "share":
            computed[measure] = _quotient(sums[question.base], total[question.base], Decimal(1), SHARE_PLACES)
        else:
            computed[measure] = change(sums[question.base], before[question.base] if before else None)
    return computed


def change(now: Decimal | None, before: Decimal | None) -> Change | None:
    """The change from `before`; its per cent are unknown if that was 0 or a credit."""
    if now is None or before is None:
        return None
    absolute = EXACT.subtract(now, before)
    percent = _quotient(absolute, before, HUNDRED, PERCENT_PLACES) if before > 0 else None
    return Change(absolute, percent)


def _quotient(
    part: Decimal | None, whole: Decimal | None, factor: Decimal, places: Decimal
) -> Decimal | None:
    if part is None or not whole:
        return None
    return ROUNDED.quantize(ROUNDED.multiply(ROUNDED.divide(part, whole), factor), places)
