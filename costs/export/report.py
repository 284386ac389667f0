"""What an export has and what it leaves out, as text for the operator and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import plain
from costs.export.fields import Field, without_place
from costs.export.survey import Survey
from costs.focus.columns import OWN, focus_columns
from costs.load.report import amounts
from costs.store.base import LoadedMonth
from costs.wording import counted, printable

_DERIVED = {
    "ProviderName": "ProviderName is the ServiceProviderName of FOCUS 1.3 and later: who sells.",
    "PublisherName": "PublisherName is what the bills call so, and empty where they say none.",
}
_DROPPED = (
    "FOCUS 1.4 has no ProviderName and no PublisherName: ServiceProviderName says who sells, and "
    "x_PublisherName who made it, with --own-columns."
)
_OWN = frozenset(column.name for column in OWN)


@dataclass(frozen=True, slots=True)
class Report:
    """An export.

    Args:
        path: the file.
        version: of FOCUS.
        fields: its columns.
        loads: the loads that it was made of, by source and month.
        found: its rows and money.
        as_of: the moment whose loads they are.
        size: of the file, in bytes.
        sha256: of its content.
        hint: what answers about the same charges say beside their figures; None for nothing.
    """

    path: Path
    version: str
    fields: Sequence[Field]
    loads: Sequence[LoadedMonth]
    found: Survey
    as_of: datetime
    size: int
    sha256: str
    hint: str | None

    @property
    def is_demo(self) -> bool:
        return any(load.is_demo for load in self.loads)

    @property
    def has_own(self) -> bool:
        """Whether it has our columns."""
        return any(field.column.name in _OWN for field in self.fields)

    @property
    def lost(self) -> Mapping[str, int]:
        """The columns of FOCUS with values that this version of it has no place for, with their rows."""
        places = without_place(self.fields, self.found.filled)
        return {name: self.found.have[name] for name in places if name not in _OWN}

    @property
    def empty(self) -> Sequence[str]:
        """The columns that are left out, since no row has a value."""
        names = {field.column.name for field in self.fields}
        return [name for name in focus_columns(self.version) if name not in names]

    @property
    def missing(self) -> Mapping[str, int]:
        """The columns that FOCUS wants filled in each row, with the rows whose bill gives none."""
        wanted = (field for field in self.fields if field.column.name not in _OWN)
        lacking = {
            field.column.name: self.found.rows - self.found.have[field.source]
            for field in wanted
            if not field.column.is_nullable
        }
        return {name: rows for name, rows in lacking.items() if rows}

    def text(self) -> str:
        months = [
            f"  {load.source} {load.billing_period}  load {load.id}{'  made-up demo data' * load.is_demo}"
            for load in self.loads
        ]
        head = (
            f"{self.path}: FOCUS {self.version}, {counted(self.found.rows, 'row')}, "
            f"{amounts(self.found.billed)} billed, {self.size:,} bytes. Read again: the same rows and sums."
        )
        return "\n".join(printable(line) for line in [head, *months, *self.notes()])

    def notes(self) -> Iterator[str]:
        """What has to be known about the file, as sentences."""
        if self.is_demo:
            yield "Do not load it as a bill: its made-up costs would count as real ones."
        yield from self._estimates()
        yield from self._version()
        if self.lost:
            yield f"FOCUS {self.version} has no place for: {_rows(self.lost)}."
        if self.missing:
            yield f"FOCUS wants a value in each row, but the bills have none: {_rows(self.missing)}."
        if self.empty:
            yield f"Without a value in any row, so no columns: {', '.join(self.empty)}."
        if not self.has_own:
            yield "Our columns (models, tokens, customers) are left out: add --own-columns for them."
        yield from filter(None, [self.hint])

    def as_json(self) -> dict[str, Any]:
        return {
            "status": "completed",
            "file": f"{self.path}",
            "sha256": self.sha256,
            "bytes": self.size,
            "focus_version": self.version,
            "columns": [field.column.name for field in self.fields],
            "rows": self.found.rows,
            "billed": _plain(self.found.billed),
            "loads": [
                {"load": load.id, "source": load.source, "billing_month": load.billing_period}
                for load in self.loads
            ],
            "as_of": utc_text(self.as_of),
            "is_demo": self.is_demo,
            "estimates": {"rows": self.found.estimates, "billed": _plain(self.found.estimated)},
            "without_place": dict(self.lost),
            "without_value": dict(self.missing),
            "empty_columns": list(self.empty),
            "notes": list(self.notes()),
        }

    def _estimates(self) -> Iterator[str]:
        if self.found.estimates:
            rows = f"{counted(self.found.estimates, 'row')} ({amounts(self.found.estimated)}) are estimates"
            told = "as x_IsEstimate tells" if self.has_own else "and no column of FOCUS tells which"
            yield f"{rows}, {told}{'.' if self.has_own else ': add --own-columns.'}"

    def _version(self) -> Iterator[str]:
        names = {field.column.name for field in self.fields}
        derived = [sentence for name, sentence in _DERIVED.items() if name in names]
        yield from derived or [_DROPPED]


def _rows(columns: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({counted(rows, 'row')})" for name, rows in columns.items())


def _plain(money: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: plain(amount) for currency, amount in money.items()}
