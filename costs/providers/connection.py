"""A DuckDB session that looks into the files of a source."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path, PurePath
from typing import Any

import duckdb
from sqlglot import exp

from costs.errors import LoadError

_CUT_OFF = re.compile(r"Unexpected end of GZIP stream: (.+)")


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
            raise LoadError(sentence(error)) from error


def sentence(error: duckdb.Error) -> str:
    """What DuckDB says about a file, without its hints about DuckDB and without the content."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = [
        line for line in takewhile(lambda line: not line.startswith(("Possible ", "LINE ")), lines) if line
    ]
    if cut_off := _CUT_OFF.search(str(error)):
        return f"{PurePath(cut_off[1].strip()).name} is cut off: copy it again."
    file = next((PurePath(line).name for line in lines if line.startswith("file = ")), "")
    if file and "not utf-8 encoded" in str(error):
        return f"{file} is not UTF-8: save it as UTF-8."
    # Between the first and the last line is the one of the file.
    told = filter(None, [*dict.fromkeys(line.rstrip(".") for line in (said[0], said[-1])), file])
    return f"A file cannot be read: {', '.join(told)}."
