"""The labelled questions, read from one file per author in questions/."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("questions")
ARGUMENT = re.compile(r" (service|usage_type)=(.+?)(?= (?:service|usage_type)=|$)")


@dataclass(frozen=True, slots=True)
class Question:
    """`names` are patterns for the display names of the right SKUs, sold in `region` if one is given."""

    author: str
    style: str
    query: str
    region: str | None
    arguments: dict[str, Any] = field(hash=False)
    names: tuple[str, ...]


def authors() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.txt"))


def questions(chosen: Collection[str]) -> list[Question]:
    """The questions of the authors `chosen`, in file order."""
    return [
        question
        for author in authors()
        if author in chosen
        for need in _needs(FOLDER / f"{author}.txt")
        for question in _read(author, need)
    ]


def _needs(file: Path) -> Iterator[list[str]]:
    """The blocks of lines separated by blank lines."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    for block in re.split(r"\n{2,}", "\n".join(lines).strip()):
        yield block.splitlines()


def _read(author: str, need: list[str]) -> Iterator[Question]:
    names = tuple(line.removeprefix("= ") for line in need if line.startswith("="))
    for line in need[len(names) :]:
        style, place, words = line.split(" ", 2)
        region = None if place == "-" else place
        arguments = dict(ARGUMENT.findall(words))
        if style == "filter" and region:
            arguments["region"] = region
        yield Question(author, style, ARGUMENT.sub("", words), region, arguments, names)
