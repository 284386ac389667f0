"""Reads files of questions; FORMAT.md says what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("questions")
KINDS = ("costs", "share", "count", "forecast", "anomalies", "budgets", "models", "live", "price")
KEYS = frozenset(
    [
        "kind",
        "measures",
        "by",
        "filters",
        "start",
        "end",
        "order",
        "limit",
        "compare",
        "average",
        "of",
        "until",
        "name",
        "candidates",
        "measure",
        "cloud",
        "model",
        "minutes",
        "hour",
        "day",
        "search",
        "asks",
        "not_understood",
        "refused",
        "any",
    ]
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what is expected, and the question before if it follows one."""

    file: str
    text: str
    today: date
    expect: Mapping[str, Any]
    follows: Case | None = None

    @property
    def accepted(self) -> Sequence[Mapping[str, Any]]:
        """Each of these is right."""
        return self.expect.get("any") or [self.expect]


def cases(files: Sequence[Path]) -> list[Case]:
    """The questions of files, each after the one that it follows.

    Raises:
        ValueError: a file is not as FORMAT.md says.
    """
    return [case for file in files for case in _read(file)]


def _read(file: Path) -> Iterator[Case]:
    found = yaml.safe_load(file.read_text(encoding="utf-8"))
    for entry in found["questions"]:
        first = _case(file.name, entry, found["today"], None)
        yield first
        before = first
        for following in entry.get("follow", ()):
            before = _case(file.name, following, found["today"], before)
            yield before


def _case(file: str, entry: Mapping[str, Any], today: date, before: Case | None) -> Case:
    case = Case(file, entry["ask"], entry.get("today", today), entry["expect"], before)
    for expect in case.accepted:
        unknown = set(expect) - KEYS
        if unknown or expect.get("kind", "costs") not in KINDS:
            raise ValueError(
                f"{file}: {entry['ask']!r} expects {sorted(unknown) or expect['kind']}, which FORMAT.md lacks"
            )
    return case
