"""Filters for what changed in templates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

from catalog.pricing.decimals import plain

register = template.Library()
HUNDREDTH = Decimal("0.01")


@register.filter
def percent(change: str) -> str:
    """A change in percent with its sign, to two places: "+12.5 %"."""
    number = Decimal(change)
    sign = "+" if number > 0 else "\N{MINUS SIGN}"
    size = abs(number).quantize(HUNDREDTH)
    return f"{sign}{plain(size)} %" if size else f"{sign} under 0.01 %"


@register.filter
def some(count: int) -> str:
    """A number of things; empty for none, so that a table shows what there is."""
    return intcomma(count) if count else ""


@register.filter
def sides(change: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The price before and after a change, each with its label."""
    return [("Before", change["before"]), ("After", change["after"])]


SOURCES = {"api": "the providers' own lists", "folder": "a folder", "sample": "the bundled sample"}


@register.filter
def source(name: str) -> str:
    """What a price list is called."""
    return SOURCES.get(name, name)


STATES = {
    "stale": "read over 36 hours ago",
    "unread": "not read completely yet",
    "failed": "the last sync could not read it",
}


@register.filter
def state(name: str) -> str:
    """The state of a service in words."""
    return STATES.get(name, name)


@register.filter
def duration(seconds: int | None) -> str:
    """A length of time: "38 s", "7 min 5 s"; empty if it is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
