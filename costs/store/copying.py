"""Copies what a query over charges returns to a file, of any size within bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.store.base import TABLE
from costs.store.engine import fetched, open_writer, stored
from costs.store.kept import Result

# Called with how much is done, from 0 to 100, several times a second.
Progress = Callable[[float], None]
_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Copy:
    """A file to be written.

    Args:
        select: a query of sqlglot's builder over unified_costs.
        path: the new file, in a folder of its own, where DuckDB may put more than fits into memory.
        options: of DuckDB's COPY, such as "format parquet".
        proof: a query over the name `written`, the file that was written as `reader` reads it.
        reader: what of the file stands after FROM, from its path.
    """

    select: exp.Query
    path: Path
    options: str
    proof: exp.Query
    reader: Callable[[Path], str]


def copy(files: Sequence[Path], wanted: Copy, progress: Progress) -> Result:
    """Write a file, and return what its proof finds in it.

    The rows are in the order of the files, so that the same charges are the same bytes.

    Raises:
        duckdb.Error: it cannot be written.
        KeyboardInterrupt: it was stopped; the file is not whole.
    """
    folder = wanted.path.parent
    with open_writer(folder, files, keeps_order=True) as connection:
        select = stored(connection, [f"{file}" for file in files])
        charges = exp.Create(this=exp.to_table(TABLE), kind="VIEW", expression=select)
        connection.execute(charges.sql("duckdb"))
        target = exp.Literal.string(f"{wanted.path}").sql("duckdb")
        _run(connection, f"copy ({wanted.select.sql('duckdb')}) to {target} ({wanted.options})", progress)
        # SQL is put together from SQL: the path is a literal that sqlglot has written.
        connection.execute(f"create view written as select * from {wanted.reader(wanted.path)}")  # noqa: S608
        return fetched(connection, wanted.proof.sql("duckdb"))


def _run(connection: duckdb.DuckDBPyConnection, sql: str, progress: Progress) -> None:
    """Run a statement in another thread, so that this one can tell how far it is, and be interrupted."""
    failed: list[duckdb.Error] = []

    def work() -> None:
        try:
            connection.execute(sql)
        except duckdb.Error as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_SECONDS)
            progress(max(0.0, connection.query_progress()))
    except BaseException:
        connection.interrupt()
        thread.join()
        raise
    if failed:
        raise failed[0]
