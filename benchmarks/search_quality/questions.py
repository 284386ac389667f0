"""The labelled questions, read from questions.txt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("questions.txt")
ARGUMENT = re.compile(r" (service|usage_type)=(.+?)(?= (?:service|usage_type)=|$)")
# Of the first needs every so manyeth is held out: no rule was made with a look at it.
HELD_OUT = 3
FIRST = 124


@dataclass(frozen=True, slots=True)
class Question:
    """`names` are patterns of the display names that are right, where sold in `region` if there is one."""

    style: str
    query: str
    region: str | None
    arguments: dict[str, Any] = field(hash=False)
    names: tuple[str, ...]
    is_held_out: bool


def questions() -> list[Question]:
    return [question for number, need in enumerate(_needs()) for question in _read(number, need)]


def _needs() -> Iterator[list[str]]:
    """The blocks of lines between blank lines."""
    lines = [line for line in FILE.read_text().splitlines() if not line.startswith("#")]
    for block in re.split(r"\n{2,}", "\n".join(lines).strip()):
        yield block.splitlines()


def _read(number: int, need: list[str]) -> Iterator[Question]:
    names = tuple(line.removeprefix("= ") for line in need if line.startswith("="))
    is_held_out = number < FIRST and number % HELD_OUT == HELD_OUT - 1
    for line in need[len(names) :]:
        style, place, words = line.split(" ", 2)
        region = None if place == "-" else place
        arguments = dict(ARGUMENT.findall(words))
        if style == "filter" and region:
            arguments["region"] = region
        yield Question(style, ARGUMENT.sub("", words), region, arguments, names, is_held_out)
