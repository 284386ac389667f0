"""Quantities in a question: they belong to the calculate tool, and never tell SKUs apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog.search.query.dictionary import SPEEDS, UNITS
from catalog.search.query.patterns import blank

# "100 GB", "5 million requests", "3 n2 cores": a number counts what follows, whatever it is.
_UNIT = "|".join(unit for units in UNITS.values() for unit in units)
QUANTITY = re.compile(rf"\b(?P<number>\d+(?: \d{{3}})*)(?: ?(?P<unit>{_UNIT})\b|\b)")


# "10 gig", "500 M", "1000 Mbps" of a network.
_SPEED = re.compile(r"(?P<number>\d+) ?(?P<unit>[a-z]+)")


def speeds_of(quantity: Iterable[str]) -> list[str]:
    """The speeds that quantities say, as the attribute "size" spells them: "10gbps"."""
    found = (_SPEED.fullmatch(each) for each in quantity)
    return [
        f"{match['number']}{SPEEDS[match['unit']]}" for match in found if match and match["unit"] in SPEEDS
    ]


def take_quantities(text: str) -> tuple[tuple[str, ...], str]:
    """The quantities in `text` and the text with gaps in their places."""
    found = []
    for match in list(QUANTITY.finditer(text)):
        found.append(" ".join(filter(None, (match["number"], match["unit"]))))
        text = blank(text, match)
    return tuple(found), text
