"""Items of a CSV file: the columns are the arguments of an item."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest

from catalog.errors import CatalogError, InvalidArgumentError, merge
from catalog.estimates.items import check_names, read_item
from catalog.estimates.request import FileRequest

_DELIMITERS = (",", ";", "\t")


def read_csv(text: str) -> FileRequest:
    """Read the items of a CSV file. The first row has the names of the columns; blank rows are skipped.

    Raises:
        InvalidArgumentError: a column is unknown or there twice, a row is not an item, or there is none.
    """
    rows = _rows(text)
    columns = [name.strip().lower() for name in next(rows, (0, []))[1]]
    if not any(columns):
        raise InvalidArgumentError(
            "The file is empty.", hint="Its first row names columns, such as resource."
        )
    named = [name for name in columns if name]
    check_names(named, "column")
    if len(set(named)) < len(named):
        raise InvalidArgumentError("A column is there twice.", hint="Give each column a name of its own.")
    items, names, errors = [], [], []
    for line, row in rows:
        where = f"row {line}"
        try:
            if any(cell.strip() and not name for cell, name in zip_longest(row, columns, fillvalue="")):
                raise InvalidArgumentError("it has a cell in a column without a name.")
            items.append(read_item(dict(zip(columns, row, strict=False))))
            names.append(where)
        except CatalogError as error:
            errors.append(InvalidArgumentError(f"{where}: {error.message}", hint=error.hint))
    if errors:
        raise merge(errors)
    if not items:
        raise InvalidArgumentError(
            "The file has no rows below its header.", hint="Give each item a row, such as n2-standard-8."
        )
    return FileRequest(tuple(items), tuple(names))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line of the file on which it ends."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise InvalidArgumentError(f"row {reader.line_num}: {error}.") from error
