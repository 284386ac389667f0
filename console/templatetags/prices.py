"""Filters for prices in templates."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.html import format_html_join
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
    """A cell of a price list that is not the first of its row: its value as a link, and its note.

    A page has hundreds, and format_html takes five times as long as to escape each text here.
    """
    shown = _shown(column, cell, per)
    note = f' <span class="unit">{escape(cell.note)}</span>' if cell.note else ""
    content = f"<div>{shown}{note}</div>" if shown else ""
    return SafeString(f'<td{_CLASSES[column.kind]} data-label="{escape(column.heading)}">{content}</td>')


def _shown(column: Column, cell: Cell, per: str) -> str:
    """The value of a cell as HTML."""
    if cell.value is None:
        return _NOTHING if column.kind == "money" or cell.note else ""
    value = escape((cell.short or cell.text or "") if column.is_text else _number(column, cell, per))
    return f'<a href="{escape(cell.href)}">{value}</a>' if cell.href else value


_CLASSES = {"text": "", "word": ' class="word"', "number": ' class="number"', "money": ' class="number"'}
_NOTHING = '<span class="soft">\N{EN DASH}</span>'


def _number(column: Column, cell: Cell, per: str) -> str:
    if column.kind == "number":
        return money.digits(cell.text)
    return money.exact(cell.text) if per in ("hour", "million") else money.money(cell.text)
