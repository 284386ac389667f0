"""A DuckDB session that looks into the files of a source."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from costs.errors import LoadError


def connect() -> duckdb.DuckDBPyConnection:
    """A session in memory, in UTC, that cannot load or install anything."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set autoinstall_known_extensions = false")
    connection.execute("set autoload_known_extensions = false")
    return connection


def listed(files: Sequence[Path]) -> str:
    """Files as a list in SQL; signs in their names that DuckDB would match other files by are escaped."""
    paths = [exp.Literal.string(glob.escape(str(path))) for path in files]
    return exp.Array(expressions=paths).sql("duckdb")


def read(sql: str) -> list[Any]:
    """The rows of a query over files.

    Raises:
        LoadError: a file cannot be read.
    """
    with connect() as connection:
        try:
            return connection.execute(sql).fetchall()
        except duckdb.Error as error:
            raise LoadError(f"A file cannot be read: {error}") from error
