"""Filters for prices in templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from console.prices import money
from console.prices.listing import Cell, Column

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


@register.filter
def options(choices: Iterable[tuple[str, str]], chosen: object) -> SafeString:
    """The options of a select: the template language takes ten times as long for all regions."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if value == chosen else "", label) for value, label in choices),
    )


SELECTED = SafeString(" selected")


@register.simple_tag
def price_cell(column: Column, cell: Cell, per: str) -> SafeString:
    """A cell of a price list that is not the first of its row: its value as a link, and its note."""
    is_text = column.kind == "text"
    if cell.value is not None:
        value = cell.text if is_text else _number(column, cell, per)
        link = '<a href="{1}">{0}</a>' if cell.href else "{0}"
        shown = format_html(link, value, cell.href)
    else:
        is_missing = column.kind == "money" or bool(cell.note)
        shown = _NOTHING if is_missing else SafeString("")
    note = format_html(' <span class="unit">{}</span>', cell.note) if cell.note else ""
    content = format_html("<div>{}{}</div>", shown, note) if shown else ""
    kind = "" if is_text else _NUMBER
    return format_html('<td{} data-label="{}">{}</td>', kind, column.heading, content)


_NOTHING = SafeString('<span class="soft">\N{EN DASH}</span>')
_NUMBER = SafeString(' class="number"')


def _number(column: Column, cell: Cell, per: str) -> str:
    if column.kind == "number":
        return money.digits(cell.text)
    return money.exact(cell.text) if per in ("hour", "million") else money.money(cell.text)
