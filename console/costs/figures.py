"""Figures of costs as people read them: rounded, with the exact one beside; unknown is never 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from catalog.pricing.decimals import EXACT, plain
from console.costs.filters import said

CENT = Decimal("0.01")
# Below one, so many digits that count: rounded to cents it would look free.
_DIGITS = 3
_HUNDRED = Decimal(100)
UNKNOWN = "unknown"
# What can be read as a number in a cell, by the kind of its column.
NUMBERS = frozenset({"money", "tokens", "count", "share", "percent", "price", "change"})


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what people read, and the exact value; None is unknown."""

    kind: str
    text: str
    exact: str | None
    label: str
    href: str = ""

    @property
    def is_number(self) -> bool:
        return self.kind in NUMBERS

    @property
    def is_unknown(self) -> bool:
        return self.exact is None


def cell(column: Mapping[str, object], value: Any, href: str = "") -> Cell:
    """The cell of a column, with its value as answers have it."""
    name, kind, label = (f"{column[each]}" for each in ("name", "kind", "title"))
    if value is None and kind not in NUMBERS:
        words = said(name, None) if kind == "text" and name != "says" else ""
        return Cell(kind, words, None, label, href)
    if value is None:
        return Cell(kind, UNKNOWN, None, label, href)
    if kind == "change":
        return Cell(kind, change(value), value["absolute"], label, href)
    return Cell(kind, _WORDS.get(kind, str)(value), f"{value}", label, href)


def money(amount: str | None) -> str:
    """An amount without its currency: "1,204.50"; below one, as many places as show it."""
    if amount is None:
        return UNKNOWN
    number = Decimal(amount)
    return f"{_rounded(number):,f}" if number else "0"


def _rounded(number: Decimal) -> Decimal:
    if abs(number) >= CENT:
        return number.quantize(CENT, ROUND_HALF_EVEN)
    return number.quantize(Decimal(1).scaleb(number.adjusted() - _DIGITS + 1), ROUND_HALF_EVEN).normalize()


def price(amount: str) -> str:
    """A price of a million tokens: to four places."""
    number = Decimal(amount)
    if abs(number) < CENT:
        return money(amount)
    whole, _, part = f"{number.quantize(Decimal('0.0001'), ROUND_HALF_EVEN):,f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def quantity(number: str) -> str:
    """A number of tokens or requests: whole, with thousands apart."""
    value = Decimal(number)
    whole = value.quantize(Decimal(1), ROUND_HALF_EVEN)
    return f"{whole:,f}" if whole or not value else f"{value:f}"


def share(part: str) -> str:
    """A part of one in per cent: "57.9 %"."""
    number = EXACT.multiply(Decimal(part), _HUNDRED)
    shown = number.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return f"{shown:f} %" if shown or not number else "under 0.1 %"


def percent(number: str) -> str:
    """Per cent, to one place."""
    return f"{Decimal(number).quantize(Decimal('0.1'), ROUND_HALF_EVEN):,f} %"


def change(value: Mapping[str, str | None], words: Callable[[str], str] = money) -> str:
    """A change, with its sign: "+12.30 (+5.1 %)". `words` says how much; by default it is money."""
    absolute, of_before = value["absolute"], value["percent"]
    shown = _signed(absolute or "0", words)
    return f"{shown} ({_signed(of_before, percent)})" if of_before is not None else shown


def _signed(number: str, words: Callable[[str], str]) -> str:
    amount = Decimal(number)
    sign = "+" if amount > 0 else "\N{MINUS SIGN}" if amount < 0 else ""
    return f"{sign}{words(plain(abs(amount)))}"


def moment(time: str) -> str:
    """A day or month as it is, a time to the minute."""
    return time[:16].replace("T", " ")


_WORDS: Mapping[str, Callable[[Any], str]] = {
    "money": money,
    "price": price,
    "tokens": quantity,
    "count": lambda value: quantity(f"{value}"),
    "share": share,
    "percent": percent,
    "day": moment,
}
