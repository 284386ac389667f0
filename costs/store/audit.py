"""Reads the charges of a load again, and says how they differ from its row in cost_loads."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import duckdb

from costs.errors import LoadError
from costs.focus.checks import check
from costs.models import CostLoad
from costs.store.base import TABLE
from costs.store.engine import open_writer, stored
from costs.store.files import measure
from costs.store.stored_loads import LoadStore
from costs.wording import counted


def faults(store: LoadStore, load: CostLoad) -> list[str]:
    """What is wrong with the charges of a load, in sentences; none if they are as they were written."""
    name = store.name_of(load)
    if not store.has(load):
        return [f"{name} is missing."]
    with store.workspace(f"check-{secrets.token_hex(5)}") as folder:
        try:
            file, found = store.differences(load, folder)
            with open_writer(folder, [file]) as connection:
                return [*found, *_differences(connection, load, file, name)]
        except LoadError as error:
            return [f"{name} cannot be read: {error}"]
        except duckdb.Error as error:
            # DuckDB adds the SQL in further lines.
            reason = str(error).partition("\n")[0]
            return [f"{name} cannot be read: {reason}."]


def _differences(
    connection: duckdb.DuckDBPyConnection, load: CostLoad, file: Path, name: str
) -> Iterator[str]:
    found = measure(connection, file)
    if found.rows != load.rows:
        rows = counted(found.rows, "row")
        yield f"{name} has {rows} instead of {load.rows:,}."
    if found.billed != load.billed_by_currency:
        yield f"{name} has another sum of money than its load."
    connection.execute(f"create view {TABLE} as {stored(connection, [str(file)]).sql('duckdb')}")
    yield from check(connection, TABLE, load.billing_period).errors
