"""The same charges in SQLite: only the columns that are asked for, with money and tokens as whole numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.costs.bills import CLOUDS, MONTHS, RESTATED, Bills
from benchmarks.costs.questions import CASES, Record, from_sqlite
from benchmarks.costs.timing import Timed, timed

_COLUMNS = {
    "cloud": "'{cloud}'",
    "month": "'{month}'",
    "day": "cast(day as varchar)",
    "product": "product",
    "meter": "meter",
    "unit": "unit",
    "model": "coalesce(model, case when billing_model is not null then '(unmapped)' end)",
    "customer": "customer",
    "tokens": "case when is_of_tokens then things end",
    "cost": "things * picos",
    "is_late": "{is_restated} and is_late",
}
_FETCHED = 50_000


def fill(path: Path, bills: Bills) -> None:
    """Write the charges into a new database."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"create table charges ({', '.join(_COLUMNS)})")
        places = ", ".join("?" * len(_COLUMNS))
        database.executemany(f"insert into charges values ({places})", _rows(bills))  # noqa: S608  only places


def ask(path: Path, label: str, repeats: int) -> tuple[list[Record], Timed]:
    """The answer to a question, and how long it takes."""
    with closing(sqlite3.connect(path)) as database:
        rows, times = timed(lambda: database.execute(CASES[label].sql).fetchall(), repeats)
    return [from_sqlite(label, row) for row in rows], times


def _rows(bills: Bills) -> Iterator[tuple[Any, ...]]:
    for cloud in CLOUDS:
        for month in MONTHS:
            is_restated = (cloud, month) == RESTATED
            columns = ", ".join(_COLUMNS.values()).format(cloud=cloud, month=month, is_restated=is_restated)
            cursor = bills.connection.execute(bills.charges(cloud, month, columns))
            while rows := cursor.fetchmany(_FETCHED):
                yield from rows
