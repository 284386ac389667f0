"""Prices as pages show them: exact by the unit, and what one unit costs for a month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from catalog.pricing.decimals import EXACT, plain
from catalog.pricing.units import HOURS_PER_MONTH

CENT = Decimal("0.01")
# A smaller amount shows all its digits: rounded to cents it would look free.
LEAST_ROUNDED = Decimal(1)


def per_month(amount: str, usage_unit: str) -> str | None:
    """What one unit costs in a month.

    Args:
        amount: the price of a usage unit in USD.
        usage_unit: Google's code of the unit, such as "h" or "GiBy.mo".

    Returns:
        USD for a month of 730 hours; None if the unit is not one of time.
    """
    time = usage_unit.rpartition(".")[2]
    if time == "mo":
        return amount
    return plain(EXACT.multiply(Decimal(amount), Decimal(HOURS_PER_MONTH))) if time == "h" else None


def is_discounted(price: Mapping[str, Any]) -> bool:
    """Whether the month of a whole resource costs less than its hours, by a sustained-use discount."""
    hours = EXACT.multiply(Decimal(price["amount"]), Decimal(HOURS_PER_MONTH))
    # An hour of what is billed by the month is a quotient, whose last digit is rounded.
    return EXACT.subtract(hours, Decimal(price["per_month"])) >= CENT


def money(amount: str | None) -> str:
    """An amount in USD for people: "$1,204.50"; below a dollar with all its digits."""
    if amount is None:
        return ""
    number = Decimal(amount)
    sign, size = "-" if number < 0 else "", abs(number)
    if size < LEAST_ROUNDED:
        return f"{sign}${plain(size)}"
    return f"{sign}${size.quantize(CENT, ROUND_HALF_EVEN):,f}"


def exact(amount: str | None) -> str:
    """An amount in USD with all its digits."""
    if amount is None:
        return ""
    number = Decimal(amount)
    return f"{'-' if number < 0 else ''}${abs(number):,f}"


def as_percent(rate: str) -> str:
    """A part of one in percent: "19.98 %" for 0.1998."""
    return f"{plain(EXACT.multiply(Decimal(rate), Decimal(100)))} %"


def digits(number: str | None) -> str:
    """A number for people, with thousands apart: "11,776"."""
    return f"{Decimal(number):,f}" if number else ""


def first_paid(tiers: Sequence[Mapping[str, Any]]) -> str | None:
    """The price in the first tier that is not free, "0" if all are; None if there are no tiers."""
    amounts = [tier["unit_price"]["amount"] for tier in tiers]
    return next((amount for amount in amounts if amount != "0"), "0" if amounts else None)
