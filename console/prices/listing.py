"""A sortable table of prices: rows of cells that are sorted by a column, as HTML, JSON and CSV."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.http import QueryDict

from catalog.errors import InvalidArgumentError
from catalog.pricing.decimals import plain
from console.arguments import link
from console.pages import Page, Table

PAGE = 50
# The last column of the CSV.
NOTES = "notes"
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its key in the address, JSON and CSV, its heading, and what its cells have.

    A word is a text that is not broken over lines.
    """

    key: str
    heading: str
    kind: Literal["text", "word", "number", "money"] = "text"

    @property
    def is_text(self) -> bool:
        return self.kind in ("text", "word")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, None if there is none, with a few words about it or about why, and where it leads.

    `short` is what a page shows of a text that is long.
    """

    value: Decimal | str | None
    note: str = ""
    href: str = ""
    short: str = ""

    @property
    def text(self) -> str | None:
        return plain(self.value) if isinstance(self.value, Decimal) else self.value


Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: a link that sorts by it, and how the table is sorted by it now."""

    column: Column
    href: str
    sorted: Literal["", "ascending", "descending"]


@dataclass(frozen=True, slots=True)
class Listing:
    """All rows of a table.

    Args:
        columns: the columns; the first names the row.
        rows: the rows, which `sorted_rows` puts in order.
        sort: the key of the column to sort by, after "-" from the highest down.
        page: the page that is shown, from 1.
        whole: completes rows that have only the cells to sort by, once it is known which are shown.
        linked: adds links that take time to rows that a page shows; JSON and CSV have none.
    """

    columns: Sequence[Column]
    rows: Sequence[Row]
    sort: str
    page: int = 1
    whole: Callable[[Sequence[Row]], Sequence[Row]] = list
    linked: Callable[[Sequence[Row]], Sequence[Row]] = list

    def page_of(self, template: str, sent: QueryDict, answer: Mapping[str, Any], **context: Any) -> Page:
        """The page of this table.

        Raises:
            InvalidArgumentError: there is no column to sort by.
        """
        rows = self.sorted_rows()
        pages = max(1, -(-len(rows) // PAGE))
        number = min(self.page, pages)
        shown = self.linked(self.whole(rows[(number - 1) * PAGE : number * PAGE]))
        return Page(
            template,
            {**answer, "sort": self.sort, "total": len(rows)},
            self._table(rows),
            rest=lambda: {"rows": [self._as_json(row) for row in self.whole(rows)]},
            context={
                "heads": [*self._heads(sent)],
                "rows": [[(column, row[column.key]) for column in self.columns] for row in shown],
                "page": number,
                "pages": pages,
                "before": link(sent, page=str(number - 1)) if number > 1 else "",
                "after": link(sent, page=str(number + 1)) if number < pages else "",
                **context,
            },
        )

    def sorted_rows(self) -> list[Row]:
        """The rows in order; those without a value come last either way."""
        key = self.sort.removeprefix("-")
        if key not in {column.key for column in self.columns}:
            keys = [column.key for column in self.columns]
            raise InvalidArgumentError(
                f"sort: there is no column {key!r}.", hint=f"Send one of {', '.join(keys)}."
            )
        having = [row for row in self.rows if row[key].value is not None]
        having.sort(key=lambda row: _order(row[key].value), reverse=self.sort.startswith("-"))
        return having + [row for row in self.rows if row[key].value is None]

    def _heads(self, sent: QueryDict) -> Iterator[Head]:
        for column in self.columns:
            is_up, is_down = self.sort == column.key, self.sort == f"-{column.key}"
            href = link(sent, sort=f"-{column.key}" if is_up else column.key)
            yield Head(column, href, "ascending" if is_up else "descending" if is_down else "")

    def _as_json(self, row: Row) -> dict[str, Any]:
        values: dict[str, Any] = {column.key: row[column.key].text for column in self.columns}
        notes = {key: cell.note for key, cell in row.items() if cell.note}
        return {**values, "notes": notes}

    def _table(self, rows: Sequence[Row]) -> Table:
        keys = [column.key for column in self.columns]
        numbers = frozenset(column.key for column in self.columns if not column.is_text)
        return Table([*keys, NOTES], self._texts(keys, rows), numbers)

    def _texts(self, keys: Sequence[str], rows: Sequence[Row]) -> Iterator[list[str | None]]:
        for row in self.whole(rows):
            yield [*(row[key].text for key in keys), _notes(row)]


def _notes(row: Row) -> str:
    """The words about the cells of a row: "disk: in two zones"."""
    return "; ".join(f"{key}: {cell.note}" for key, cell in row.items() if cell.note)


def _order(value: Decimal | str | None) -> Any:
    """Numbers by size, and those in names too: n2-standard-8 comes before n2-standard-16."""
    if isinstance(value, str):
        return [int(part) if part.isdigit() else part for part in _DIGITS.split(value)]
    return value
