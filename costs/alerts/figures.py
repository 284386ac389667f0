"""Figures as people read them in a message. The exact ones are in the details."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

_CENT = Decimal("0.01")
_TENTH = Decimal("0.1")


def money(amount: Decimal) -> str:
    """An amount to the cent, such as 5,020.10."""
    return f"{amount.quantize(_CENT, ROUND_HALF_EVEN):,}"


def per_cent(percent: str | None) -> str:
    """Per cent to a tenth, such as 100.4 %."""
    return "-" if percent is None else f"{Decimal(percent).quantize(_TENTH, ROUND_HALF_EVEN):,} %"
