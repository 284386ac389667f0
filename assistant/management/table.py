"""The rows of an answer as a table of a terminal. Lists and objects in a row are left to JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.management.terminal import columns
from costs.wording import printable

_FIGURES = frozenset("0123456789.-")


def lines(rows: Sequence[Mapping[str, Any]], totals: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The lines of a table, with totals below if there are several rows."""
    names = [name for name in rows[0] if all(_is_plain(row.get(name)) for row in rows)]
    cells = [[_cell(row.get(name)) for name in names] for row in rows]
    if len(rows) > 1 and not names[0].startswith("currency"):
        cells += [["total", *(_cell(total.get(name)) for name in names[1:])] for total in totals]
    numbers = frozenset(
        name for index, name in enumerate(names) if all(_is_figure(row[index]) for row in cells)
    )
    yield from columns(names, cells, numbers)


def _is_plain(value: Any) -> bool:
    return not isinstance(value, Mapping | list)


def _is_figure(cell: str) -> bool:
    return not set(cell) - _FIGURES


def _cell(value: Any) -> str:
    return "-" if value is None else printable(f"{value}")
