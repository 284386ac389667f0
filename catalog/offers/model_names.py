"""Which model a billing name is: an explicit table, in which no name is ever found by likeness."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from catalog import meters
from catalog.offers import DATA

# One model: cloud, product ("" for any), billing name, model id, developer.
Row = tuple[str, str, str, str, str]
Table = dict[tuple[str, str, str], tuple[str, str]]

BUNDLED = DATA / "models.csv"
_SEPARATORS = re.compile(r"[\s_-]+")


class Names:
    """The models that billing names are. Given rows come before the bundled table."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._tables = (_table(rows), _bundled())

    def developer(self, model_id: str) -> str | None:
        """Who makes the model of an id; None if no table has it."""
        found = (names[model_id] for names in map(_developers, self._tables) if model_id in names)
        return next(found, None)

    def find(self, cloud: str, products: tuple[str, ...], billing_model: str) -> tuple[str, str] | None:
        """The (model id, developer) of a billing name; None if the table does not hold it.

        Capitals and the signs between words do not count. In each table, a row of a product comes before one
        of any product.

        Args:
            cloud: aws, gcp or azure.
            products: what the bill calls the product of the meter, the narrowest first.
            billing_model: the name.
        """
        keys = [(cloud, _folded(product), _folded(billing_model)) for product in (*products, "")]
        found = (table[key] for table in self._tables for key in keys if key in table)
        return next(found, None)


def _developers(table: Table) -> dict[str, str]:
    return dict(table.values())


def _folded(name: str) -> str:
    return _SEPARATORS.sub(" ", name).strip().casefold()


def _table(rows: Iterable[Row]) -> Table:
    """The models by cloud, product and name; the first row of a name decides."""
    table: Table = {}
    for cloud, product, billing_model, model_id, developer in rows:
        table.setdefault((cloud, _folded(product), _folded(billing_model)), (model_id, developer))
    return table


@cache
def _bundled() -> Table:
    with BUNDLED.open(encoding="utf-8", newline="") as file:
        return _table(
            (row["cloud"], row["product"], row["billing_model"], row["model_id"], row["developer"])
            for row in csv.DictReader(file)
        )


@cache
def version() -> str:
    """A hash of all that decides how a meter is read: catalog/meters with its word lists, and the table."""
    digest = hashlib.sha256()
    folder = Path(meters.__file__).parent
    for file in (*sorted(each for each in folder.rglob("*") if each.suffix in {".py", ".txt"}), BUNDLED):
        digest.update(f"{file.name}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
