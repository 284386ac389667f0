"""Why a text is not read as a unit, in a sentence that says what to send instead."""

from __future__ import annotations

import re

from catalog.pricing.decimals import plain
from catalog.pricing.unit_words import BITS, SEPARATORS, without_month
from catalog.pricing.written_numbers import WrittenNumber, split_number

_RATE = re.compile(
    r"(?:/|\bper\b)\s*(?:s|sec|second|min|minute|h|hr|hour|d|day|wk|week)s?\b|\b(?:[kmgt]?bps|[qrt]ps)\b",
    re.IGNORECASE,
)
_BIT_WORDS = re.compile(r"(?:kilo|mega|giga|tera|[kmgtpe])?i?(?:bits?|bps)", re.IGNORECASE)
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?!\d)", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d+,\d", re.ASCII)
# What a single letter after a number may mean.
_MEANINGS = {
    "M": "a million or a month",
    "m": "minutes, months or millions",
    "B": "a billion or bytes",
    "b": "a billion or bits",
    "T": "a trillion or terabytes",
}


def why_unreadable(text: str, dimension: str | None) -> str:
    """The reason, if it is a particular one.

    Args:
        text: a text that read_unit does not read.
        dimension: what the SKU measures.

    Returns:
        One sentence, or an empty text if the words are simply unknown or do not go together.
    """
    text = without_month(text)
    # What is priced by time may be a rate, such as provisioned throughput.
    if dimension in {"By", "count"} and _RATE.search(text):
        return f"{text!r} is a rate: send what adds up in one month."
    number = split_number(text)
    reasons = (_why_not_the_number(text, number), _why_not_the_letter(text, number), _why_not_bits(number))
    return next(filter(None, reasons), "")


def _why_not_the_number(text: str, number: WrittenNumber) -> str:
    if number.is_ambiguous:
        number_with_point, whole = plain(number.value), number.digits.replace(".", "")
        values = f"{number_with_point} or {whole}"
        return f"'{number.digits}' may be {values}: send the number in quantity, where a point is decimal."
    if spaced := _SPACED.match(text):
        return f"'{spaced[0]}' has spaces in it: send {spaced[0].replace(' ', '')}."
    # A comma that the number does not include separates no thousands.
    if number.rest.startswith(",") and _DECIMAL_COMMA.match(text):
        return f"{text!r} has a decimal comma: send a decimal point."
    return ""


def _why_not_the_letter(text: str, number: WrittenNumber) -> str:
    is_alone = not number.rest or number.suffix == "m"
    meanings = _MEANINGS.get(number.suffix) if number.digits and is_alone else None
    return f"{text!r} may be {meanings}: write the word." if meanings else ""


def _why_not_bits(number: WrittenNumber) -> str:
    for word in SEPARATORS.split(f"{number.suffix} {number.rest}".strip()):
        if BITS.fullmatch(word) or _BIT_WORDS.fullmatch(word):
            return f"{word!r} means bits; bytes are written GB or GiB."
    return ""
