"""The numbers of a text, as people and models write them: $1,234.50, 1.2k, 12 %, -3.4M, 2 million."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

_SIGNS: Mapping[str, str] = MappingProxyType(
    {"$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR"}
)
_CODES = "USD|EUR|GBP|JPY|INR|CHF|CAD|AUD|CNY|BRL|SEK|NOK|DKK|PLN"
_WORDS: Mapping[str, str] = MappingProxyType(
    {"dollars": "USD", "dollar": "USD", "euros": "EUR", "euro": "EUR"}
)
_SCALES: Mapping[str, Decimal] = MappingProxyType(
    {
        "k": Decimal(10) ** 3,
        "thousand": Decimal(10) ** 3,
        "m": Decimal(10) ** 6,
        "mn": Decimal(10) ** 6,
        "million": Decimal(10) ** 6,
        "b": Decimal(10) ** 9,
        "bn": Decimal(10) ** 9,
        "billion": Decimal(10) ** 9,
        "t": Decimal(10) ** 12,
        "trillion": Decimal(10) ** 12,
    }
)
_PERCENT = r"per[ ]?cent(?:age[ ]points?)?\b"
_DIGITS = r"\d+(?:[,.'\u2019\u00a0\u202f]\d+|[ ]\d{3}(?![\d]))*"
_CENTS: Mapping[str, Decimal] = MappingProxyType(dict.fromkeys(("cent", "cents", "¢"), Decimal("0.01")))
_NUMBER = re.compile(
    rf"""(?P<sign>(?:(?<![\w)])[-+\u2212\u2013])?)
    (?P<before>(?:us\$|[$€£¥₹]|\b(?:{_CODES})(?=[\s\d\u2212-]))[ ]?(?:[-\u2212])?)?
    (?P<digits>{_DIGITS})
    (?P<exponent>e[-+]?\d{{1,3}}(?!\w))?
    (?:[ -]?(?P<scale>thousand|million|billion|trillion)\b|(?P<letter>k|mn|bn|m|b|t)(?![A-Za-z0-9]))?
    (?P<after>x(?!\w)|[ ]?(?:%|{_PERCENT}|¢|\b(?:{_CODES})\b|(?:dollars?|euros?|cents?)\b))?""",
    re.VERBOSE | re.IGNORECASE,
)
_HEDGE = re.compile(r"(?:\b(?:about|roughly|around|approximately|circa)[ ]|[~≈][ ]?)\W{0,2}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text.

    Args:
        start: where it begins in the text, its currency included.
        end: where it ends.
        digits: where its digits begin.
        values: what it may be: 1.234 is a thousand and more in some countries.
        steps: of each value, how much its last digit is worth: 1,000 for 12k.
        currency: "" if none is said.
        is_percent: whether it is in per cent.
        is_signed: whether it has a minus.
        is_plain: whether it has digits alone.
    """

    start: int
    end: int
    digits: int
    values: tuple[Decimal, ...]
    steps: tuple[Decimal, ...]
    currency: str = ""
    is_percent: bool = False
    is_signed: bool = False
    is_plain: bool = False

    @property
    def is_count(self) -> bool:
        """Whether it may be of things, days or places in an order."""
        return self.is_plain and not self.currency and not self.is_percent

    def is_near(self, value: Decimal) -> bool:
        """Whether a value is written like this, rounded to the digits that are written."""
        wanted = value if self.is_signed else abs(value)
        return any(
            abs(wanted - written) * 2 <= step for written, step in zip(self.values, self.steps, strict=True)
        )


def numbers(text: str) -> Iterator[Number]:
    """All numbers in a text, in order."""
    for found in _NUMBER.finditer(text):
        yield _number(found, text)


def _number(found: re.Match[str], text: str) -> Number:
    before, after = (found["before"] or "").strip(), (found["after"] or "").strip().casefold()
    name = (found["scale"] or found["letter"] or "").casefold()
    scale = _SCALES.get(name, Decimal(1)) * _CENTS.get(after, Decimal(1))
    exponent = Decimal(f"1{found['exponent']}") if found["exponent"] else Decimal(1)
    minus = found["sign"] in ("-", "\u2212") or before.endswith(("-", "\u2212"))
    readings = list(dict.fromkeys(_readings(found["digits"])))
    is_hedged = bool(_HEDGE.search(text[: found.start()]))
    values = tuple((-value if minus else value) * scale * exponent for value in readings)
    steps = tuple(_step(value, is_hedged=is_hedged) * scale * exponent for value in readings)
    currency = _currency(before, after)
    return Number(
        found.start(),
        found.end(),
        found.start("digits"),
        values,
        steps,
        currency,
        is_percent=after.startswith(("%", "per")),
        is_signed=minus,
        is_plain=found["digits"].isdecimal() and not (name or found["exponent"] or after),
    )


def _currency(before: str, after: str) -> str:
    sign = before.rstrip("-\u2212 ").casefold()
    if sign:
        return _SIGNS.get(sign, sign.upper())
    if after in _CENTS:
        return "USD"
    return _WORDS.get(after, after.upper() if re.fullmatch(_CODES, after, re.IGNORECASE) else "")


def _readings(digits: str) -> Iterator[Decimal]:
    """What digits with separators may mean."""
    plain = re.sub(r"['\u2019\u00a0\u202f ]", "", digits)
    has_thousands = re.fullmatch(r"\d{1,3}(?:,\d{2,3})*(?:\.\d+)?", plain) or "," not in plain
    if has_thousands and plain.count(".") <= 1:
        yield Decimal(plain.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+,\d+", plain):
        yield Decimal(plain.replace(".", "").replace(",", "."))
    if plain.count(".") > 1 or (plain.count(",") and not re.fullmatch(r"[\d.]*(?:,\d+)*(?:\.\d+)?", plain)):
        yield Decimal(re.sub(r"\D", "", plain))


def _step(value: Decimal, *, is_hedged: bool) -> Decimal:
    """What the last digit is worth; of a number that says that it is rounded, the last one that is not 0."""
    exponent = value.as_tuple().exponent if not is_hedged else value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
