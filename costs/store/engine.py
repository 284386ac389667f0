"""DuckDB over the files of the lake: sessions that can reach nothing else on the machine."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from glob import escape
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.focus.columns import Column, columns
from costs.store.base import TABLE

# Of each session. A reader that needs more is refused; a writer puts the rest into files.
READER_MEMORY = "512MB"
WRITER_MEMORY = "1GB"
THREADS = 2
# Sessions of one process that stay open, each over another set of files.
MAX_ENGINES = 4
# Of one cloud, the charges for AI.
VIEWS = {"aws_llm_costs": "aws", "gcp_llm_costs": "gcp", "azure_llm_costs": "azure"}


class Engines:
    """Sessions over sets of files, the latest used of which stay open. Threads may share it."""

    def __init__(self, limit: int = MAX_ENGINES) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, ...], duckdb.DuckDBPyConnection] = OrderedDict()

    def cursor(self, files: Sequence[Path]) -> duckdb.DuckDBPyConnection:
        """A cursor over exactly these files, for one thread. They never change, so a session stays true."""
        key = tuple(map(str, files))
        with self._lock:
            engine = self._open.pop(key, None) or open_reader(key)
            self._open[key] = engine
            # A session that is still in use ends with its last cursor.
            while len(self._open) > self._limit:
                self._open.popitem(last=False)
            return engine.cursor()


def open_reader(files: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A session with unified_costs and its views, which are all that it can read."""
    connection = duckdb.connect()
    costs = stored(connection, files)
    of_clouds = {
        name: exp.select("*").from_(TABLE).where(f"x_Cloud = '{cloud}'", "x_UsageKind is not null")
        for name, cloud in VIEWS.items()
    }
    for name, select in {TABLE: costs, **of_clouds}.items():
        view = exp.Create(this=exp.to_table(name), kind="VIEW", expression=select)
        connection.execute(view.sql("duckdb"))
    _lock_up(connection, memory=READER_MEMORY, paths=files)
    return connection


def open_writer(folder: Path, files: Sequence[Path]) -> duckdb.DuckDBPyConnection:
    """A session that can read these files, and read and write in `folder`."""
    connection = duckdb.connect()
    connection.execute("set temp_directory = ?", [str(folder / "spill")])
    # Files are sorted as they are written. To keep rows in order before that would leave one thread idle.
    connection.execute("set preserve_insertion_order = false")
    _lock_up(connection, memory=WRITER_MEMORY, paths=list(map(str, files)), folders=[f"{folder}/"])
    return connection


def stored(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> exp.Select:
    """The charges in files of the lake, in the columns of unified_costs."""
    names = [escape(file) for file in files]
    found = connection.execute("describe from read_parquet($files, union_by_name = true)", {"files": names})
    have = {name for name, *_ in found.fetchall()}
    paths = exp.Array(expressions=[exp.Literal.string(name) for name in names])
    options = [
        exp.PropertyEQ(this=exp.to_identifier(name), expression=exp.true())
        for name in ("union_by_name", "filename")
    ]
    table = exp.Table(this=exp.func("read_parquet", paths, *options, dialect="duckdb"))
    return exp.select(*(_column(column, have) for column in columns().values())).from_(table)


def _column(column: Column, have: Collection[str]) -> exp.Expr:
    """A column as stored. Older files may lack it, and which load a row is of is the name of its file."""
    value: exp.Expr = exp.column(column.name, quoted=True) if column.name in have else exp.null()
    if column.name == "x_LoadId":
        value = exp.func("parse_filename", exp.column("filename"), exp.true(), dialect="duckdb")
    return exp.alias_(exp.cast(value, column.kind.value, dialect="duckdb"), column.name, quoted=True)


def _lock_up(
    connection: duckdb.DuckDBPyConnection, *, memory: str, paths: Sequence[str], folders: Sequence[str] = ()
) -> None:
    """Bounds a session and closes it to all but these files, for good."""
    connection.execute("set global TimeZone = 'UTC'")
    connection.execute("set memory_limit = ?", [memory])
    connection.execute("set threads = ?", [THREADS])
    if not folders:
        connection.execute("set temp_directory = ''")
    # DuckDB compares names as they are and as they are escaped, which signs in them need.
    connection.execute("set allowed_paths = ?", [[*paths, *map(escape, paths)]])
    connection.execute("set allowed_directories = ?", [[*folders, *map(escape, folders)]])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
