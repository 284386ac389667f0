"""Charges between BigQuery and files of this machine: the file that is loaded, and copies of tables.

A job reads the month that it replaces and those of other sources again, so the files of current loads are
kept. They may be deleted at any time: a table is then copied again.
"""

from __future__ import annotations

import gzip
from pathlib import Path

from duckdb import DuckDBPyConnection
from sqlglot import exp

from costs.errors import LoadError
from costs.focus.columns import Column, Kind, columns
from costs.models import CostLoad
from costs.store.bigquery import sql
from costs.store.bigquery.dataset import Dataset
from costs.store.engine import LOAD, open_writer, stored
from costs.store.files import Written, digest_of, write
from costs.store.stored_loads import PRIVATE_FOLDER
from costs.wording import counted

# No month has such a name.
FOLDER = ".copies"
# The SHA-256 of a copy is beside it.
_SEAL = ".sha256"
# Of the levels of gzip, the one that keeps up with BigQuery.
_FASTEST = 1


class Copies:
    """The files of loads that BigQuery has.

    Args:
        root: COSTS_DIR.
    """

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER

    def of(self, load: CostLoad) -> Path | None:
        """The file of a load; None if there is none, or another one than was written."""
        file = self._file(load)
        try:
            return file if file.with_suffix(_SEAL).read_text() == digest_of(file) else None
        except OSError:
            return None

    def keep(self, load: CostLoad, written: Written) -> Path:
        """Keep a file as that of a load; it is moved."""
        file = self._file(load)
        file.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        written.path.rename(file)
        file.with_suffix(_SEAL).write_text(written.sha256)
        return file

    def forget(self, load: CostLoad) -> None:
        """Delete the file of a load."""
        for file in (self._file(load), self._file(load).with_suffix(_SEAL)):
            file.unlink(missing_ok=True)

    def _file(self, load: CostLoad) -> Path:
        return self._folder / load.billing_period / f"{load.pk}.parquet"


def uploaded(load_id: str, charges: Path, folder: Path) -> Path:
    """The file of a load as BigQuery takes it: with its id, and texts for JSON."""
    path = folder / "upload.parquet"
    with open_writer(folder, [charges]) as connection:
        table = stored(connection, [f"{charges}"]).subquery("charges")
        select = exp.select(*(_out(column, load_id) for column in columns().values())).from_(table)
        to = exp.Literal.string(f"{path}").sql("duckdb")
        connection.execute(f"copy ({select.sql('duckdb')}) to {to} (format parquet, compression zstd)")
    return path


def of_table(dataset: Dataset, load: CostLoad, folder: Path) -> Written:
    """Write the table of a load into a file, in the form that it was loaded from.

    Raises:
        LoadError: it has other rows or another sum than its load.
        StoreUnavailableError: it cannot be read.
    """
    lines = folder / "lines.json.gz"
    with gzip.open(lines, "wt", _FASTEST) as file:
        for page in dataset.pages(sql.lines(dataset.place, sql.table_of(load.pk))):
            file.write("".join(f"{line}\n" for (line,) in page))
    with open_writer(folder, []) as connection:
        written = write(connection, _read(connection, lines), folder / "charges.parquet")
    lines.unlink()
    if (written.rows, written.billed) != (load.rows, load.billed_by_currency):
        name = f"{dataset.place.name}.{sql.table_of(load.pk)}"
        rows = f"{counted(written.rows, 'row')} instead of {load.rows:,}"
        raise LoadError(f"{name} has {rows}, or another sum of money than its load.")
    return written


def _read(connection: DuckDBPyConnection, lines: Path) -> exp.Select:
    names = ", ".join(f"{exp.Literal.string(name).sql('duckdb')}: 'varchar'" for name in columns())
    file = exp.Literal.string(f"{lines}").sql("duckdb")
    rows = f"read_json({file}, format = 'newline_delimited', columns = {{{names}}})"
    # SQL is put together from names of ours.
    connection.execute(f"create view written as select * from {rows}")  # noqa: S608
    return exp.select(*map(_in, columns().values())).from_("written")


def _out(column: Column, load_id: str) -> exp.Expr:
    value: exp.Expr = exp.column(column.name, quoted=True)
    if column.name == LOAD:
        value = exp.Literal.string(load_id)
    kind = Kind.TEXT if column.kind is Kind.JSON else column.kind
    return exp.alias_(exp.cast(value, kind.value, dialect="duckdb"), column.name, quoted=True)


def _in(column: Column) -> exp.Expr:
    value: exp.Expr = exp.column(column.name, quoted=True)
    if column.kind is Kind.TIME:
        value = exp.func("make_timestamptz", exp.cast(value, "bigint", dialect="duckdb"), dialect="duckdb")
    return exp.alias_(exp.cast(value, column.kind.value, dialect="duckdb"), column.name, quoted=True)
