"""What the copy of a billing export has, in a small file beside its months."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import BinaryIO

# Hidden, so that no folder of an export has them.
_NAME, PART = ".state.json", ".part"
# Of each day on which rows were added, and of each month that they are billed in: how many, and when the
# newest was added.
Days = Mapping[str, Mapping[str, tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A month of the copy.

    Args:
        mark: what the table had of the month.
        rows: how many rows its file has.
        first: the day on which its first rows were added.
    """

    mark: str
    rows: int
    first: str


@dataclass(slots=True)
class State:
    """What a table had at the last look, and what of it is in the copy.

    Args:
        folder: the copy.
        identity: of which table.
        days: what the table had.
        fetched: the months of the copy. A file without one is none of it.
    """

    folder: Path
    identity: str
    days: Days = field(default_factory=dict)
    fetched: dict[str, Fetched] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path, identity: str) -> State:
        """The state of a folder; an empty one if its file is of another table, or damaged."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            body = json.loads((folder / _NAME).read_text())
            if body["identity"] == identity:
                days = {
                    day: {month: (int(rows), f"{newest}") for month, (rows, newest) in months.items()}
                    for day, months in body["days"].items()
                }
                return cls(
                    folder, identity, days, {m: Fetched(**each) for m, each in body["fetched"].items()}
                )
        return cls(folder, identity)

    @property
    def path(self) -> Path:
        return self.folder / _NAME

    def write(self) -> None:
        """Replace the file at once."""
        part = self.folder / f"{_NAME}{PART}"
        body = {"identity": self.identity, "days": self.days}
        fetched = {month: asdict(each) for month, each in self.fetched.items()}
        with private(part) as file:
            file.write(json.dumps({**body, "fetched": fetched}, sort_keys=True).encode())
        part.replace(self.path)

    def before(self, day: str) -> Days:
        """What the table had of the days before one."""
        return {each: months for each, months in self.days.items() if each < day}

    def rows(self) -> int:
        """How many rows the table had."""
        return sum(rows for months in self.days.values() for rows, _ in months.values())

    def months(self) -> Iterable[str]:
        """The months that the table had rows of."""
        return {month for months in self.days.values() for month in months}

    def of(self, month: str) -> Mapping[str, tuple[int, str]]:
        """What the table had of a month, by day in order."""
        return {day: months[month] for day, months in sorted(self.days.items()) if month in months}

    def mark(self, month: str) -> str:
        """Changes if rows of a month were added, or are there no more."""
        return hashlib.sha256(json.dumps([*self.of(month).items()]).encode()).hexdigest()[:32]


def private(path: Path) -> BinaryIO:
    """A new file, which its owner alone can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
