"""The known figures: what a provider says that something costs, with the page that says it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

MILLION = "1000000"


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
        words: where the source was read, and who says the same; empty if the page itself was.
    """

    id: str
    question: str
    request: Mapping[str, Any]
    amount: Decimal
    source: str
    date: str
    words: str = ""


@cache
def known_figures() -> Sequence[KnownFigure]:
    """All known figures, in the order in which pages show them."""
    figures = (
        KnownFigure(**{**figure, "amount": Decimal(figure["amount"])})
        for figure in _read("known_figures.json")["figures"]
    )
    return [*figures, *_of_models()]


def _of_models() -> Iterator[KnownFigure]:
    for block in _read("models.json")["blocks"]:
        for resource, tokens, arguments, amount in block["figures"]:
            item = {"resource": resource, **arguments, tokens: MILLION}
            told = [*(f"{value}" for value in arguments.values() if value is not True), *_flags(arguments)]
            kind = tokens.replace("_", " ")
            yield KnownFigure(
                id="-".join("-".join((resource, *told, tokens)).replace("_", "-").split()),
                question=f"A million {kind} of {resource} ({', '.join(told)})",
                request={"items": [item]},
                amount=Decimal(amount),
                source=block["source"],
                date=block["date"],
                words=block["words"],
            )


def _flags(arguments: Mapping[str, Any]) -> Iterator[str]:
    return (name for name, value in arguments.items() if value is True)


def _read(name: str) -> Any:
    return json.loads(files("catalog.accuracy").joinpath(f"data/{name}").read_text(encoding="utf-8"))
