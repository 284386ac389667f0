"""Reads the file of a load again, and says how it differs from its row in cost_loads."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import duckdb

from costs.focus.checks import check
from costs.models import CostLoad
from costs.store.base import TABLE
from costs.store.engine import open_writer, stored
from costs.store.files import measure
from costs.store.lake import Lake
from costs.wording import counted


def faults(lake: Lake, load: CostLoad) -> list[str]:
    """What is wrong with the file of a load, in sentences; none if it is as it was written."""
    if not lake.has(load):
        return [f"The file {load.path} is missing."]
    file = lake.file(load)
    with lake.workspace(f"check-{secrets.token_hex(5)}") as folder, open_writer(folder, [file]) as connection:
        try:
            return list(_differences(connection, load, file))
        except duckdb.Error as error:
            # DuckDB adds the SQL in further lines.
            reason = str(error).partition("\n")[0]
            return [f"The file {load.path} cannot be read: {reason}."]


def _differences(connection: duckdb.DuckDBPyConnection, load: CostLoad, file: Path) -> Iterator[str]:
    found = measure(connection, file)
    if found.sha256 != load.sha256:
        yield f"The file {load.path} has changed: its SHA-256 is {found.sha256} instead of {load.sha256}."
    if found.rows != load.rows:
        rows = counted(found.rows, "row")
        yield f"The file {load.path} has {rows} instead of {load.rows:,}."
    if found.billed != load.billed_by_currency:
        yield f"The file {load.path} has another sum of money than its load."
    connection.execute(f"create view {TABLE} as {stored(connection, [str(file)]).sql('duckdb')}")
    yield from check(connection, TABLE, load.billing_period).errors
