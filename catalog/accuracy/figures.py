"""The known figures: what Google says that something costs, with the page that says it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownFigure:
    """What something costs according to its source.

    Args:
        id: its name.
        question: what it is the price of, as people say it.
        request: the arguments of `calculate` that ask for it.
        amount: in USD, with as many decimals as the source gives.
        source: the address of the page.
        date: of the copy of the page that was read, as ISO 8601.
    """

    id: str
    question: str
    request: Mapping[str, Any]
    amount: Decimal
    source: str
    date: str


@cache
def known_figures() -> Sequence[KnownFigure]:
    """All known figures, in the order in which pages show them."""
    text = files("catalog.accuracy").joinpath("data/known_figures.json").read_text(encoding="utf-8")
    return [
        KnownFigure(**{**figure, "amount": Decimal(figure["amount"])})
        for figure in json.loads(text)["figures"]
    ]
