"""Filters for prices in templates."""

from __future__ import annotations

from django import template

from console.prices import money

register = template.Library()

register.filter("money", money.money)
register.filter("is_discounted", money.is_discounted)
register.filter("exact", money.exact)
register.filter("as_percent", money.as_percent)
register.filter("digits", money.digits)
register.filter("paid", money.first_paid)


@register.filter
def monthly(price: dict[str, str] | None) -> str | None:
    """What one unit of a price costs in a month in USD; None if its unit is not one of time."""
    return money.per_month(price["amount"], price["usage_unit"]) if price else None


BOUGHT = {
    "OnDemand": "on demand",
    "Preemptible": "spot",
    "Commit1Yr": "1-year commitment",
    "Commit3Yr": "3-year commitment",
}


@register.filter
def bought(usage_type: str | None) -> str:
    """Google's usage type in words: "on demand" for OnDemand."""
    return BOUGHT.get(usage_type or "", usage_type or "")


@register.filter
def moment(time: str | None) -> str:
    """A time of an answer, to the minute, in UTC: "2026-11-28 21:34"."""
    return time[:16].replace("T", " ") if time else ""


@register.filter
def split(words: str) -> list[str]:
    """The words of a text."""
    return words.split()
