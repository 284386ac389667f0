"""DuckDB over the files of the lake: sessions that can reach nothing else on the machine."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from glob import escape
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.focus.columns import Column, columns
from costs.store.base import TABLE, VIEWS
from costs.store.kept import Result

# Of each session. A reader that needs more is refused; a writer puts the rest into files.
READER_MEMORY = "512MB"
WRITER_MEMORY = "1GB"
# What a load begins with; beside it a process takes some 230 MB. What cannot be put into files gets more.
LOAD_MEMORY = "256MB"
THREADS = 2
# Sessions of one process that stay open, each over another set of files.
MAX_ENGINES = 4
LOAD = "x_LoadId"
# The files of rollups, by name.
Views = Mapping[str, Sequence[Path]]


class Engines:
    """Sessions over sets of files, the latest used of which stay open. Threads may share it."""

    def __init__(self, limit: int = MAX_ENGINES) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._open: OrderedDict[tuple[str, ...], duckdb.DuckDBPyConnection] = OrderedDict()

    def cursor(self, files: Sequence[Path]) -> duckdb.DuckDBPyConnection:
        """A cursor over exactly these files, for one thread. They never change, so a session stays true."""
        paths = tuple(map(str, files))
        return self._cursor(paths, lambda: open_reader(paths))

    def rolled_up(self, views: Views) -> duckdb.DuckDBPyConnection:
        """A cursor over rollups alone."""
        paths = tuple(f"{file}" for files in views.values() for file in files)
        return self._cursor(paths, lambda: open_rollups(views))

    def _cursor(
        self, key: tuple[str, ...], opened: Callable[[], duckdb.DuckDBPyConnection]
    ) -> duckdb.DuckDBPyConnection:
        with self._lock:
            engine = self._open.pop(key, None) or opened()
            self._open[key] = engine
            # A session that is still in use ends with its last cursor.
            while len(self._open) > self._limit:
                self._open.popitem(last=False)
            return engine.cursor()


def open_reader(
    files: Sequence[str], *, memory: str = READER_MEMORY, threads: int = THREADS
) -> duckdb.DuckDBPyConnection:
    """A session with unified_costs and its views, which are all that it can read."""
    connection = duckdb.connect()
    # A name that is no table would be looked for among the variables of Python.
    connection.execute("set python_enable_replacements = false")
    costs = stored(connection, files)
    of_clouds = {
        name: exp.select("*").from_(TABLE).where(f"x_Cloud = '{cloud}'", "x_UsageKind is not null")
        for name, cloud in VIEWS.items()
    }
    _make_views(connection, {TABLE: costs, **of_clouds})
    _lock_up(connection, memory=memory, paths=files, threads=threads)
    return connection


def open_rollups(views: Views) -> duckdb.DuckDBPyConnection:
    """A session with rollups, each a view of its name, which are all that it can read."""
    connection = duckdb.connect()
    # Else each of many short statements reads again where columns are in each file.
    connection.execute("set parquet_metadata_cache = true")
    _make_views(connection, {name: _rolled_up(files) for name, files in views.items()})
    _lock_up(connection, memory=READER_MEMORY, paths=[f"{file}" for each in views.values() for file in each])
    return connection


def _make_views(connection: duckdb.DuckDBPyConnection, selects: Mapping[str, exp.Select]) -> None:
    for name, select in selects.items():
        view = exp.Create(this=exp.to_table(name), kind="VIEW", expression=select)
        connection.execute(view.sql("duckdb"))


def open_writer(
    folder: Path, files: Sequence[Path], *, keeps_order: bool = False, memory: str = WRITER_MEMORY
) -> duckdb.DuckDBPyConnection:
    """A session that can read these files, and read and write in `folder`, and tells its progress.

    Args:
        folder: where it may write.
        files: what it may read.
        keeps_order: whether rows stay in order where nothing sorts them. One thread does it then, since
            several would each keep what is not its turn in memory.
        memory: how much it may take.
    """
    connection = duckdb.connect()
    connection.execute("set temp_directory = ?", [str(folder / "spill")])
    connection.execute("set preserve_insertion_order = ?", [keeps_order])
    connection.execute("set enable_progress_bar = true")
    connection.execute("set enable_progress_bar_print = false")
    threads = 1 if keeps_order else THREADS
    paths, folders = list(map(str, files)), [f"{folder}/"]
    _lock_up(connection, memory=memory, paths=paths, folders=folders, threads=threads)
    return connection


def stored(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> exp.Select:
    """The charges in files of the lake, in the columns of unified_costs."""
    names = [escape(file) for file in files]
    found = connection.execute("describe from read_parquet($files, union_by_name = true)", {"files": names})
    have = {name for name, *_ in found.fetchall()}
    table = _parquet(files, "union_by_name", "filename")
    return exp.select(*(_column(column, have) for column in columns().values())).from_(table)


def _parquet(files: Sequence[str], *options: str) -> exp.Table:
    paths = exp.Array(expressions=[exp.Literal.string(escape(file)) for file in files])
    chosen = [exp.PropertyEQ(this=exp.to_identifier(name), expression=exp.true()) for name in options]
    return exp.Table(this=exp.func("read_parquet", paths, *chosen, dialect="duckdb"))


def _rolled_up(files: Sequence[Path]) -> exp.Select:
    """A rollup as stored: all of its files have the same columns."""
    table = _parquet([f"{file}" for file in files], "filename")
    return exp.select("*", exp.alias_(_load(), LOAD, quoted=True)).from_(table)


def fetched(cursor: duckdb.DuckDBPyConnection, sql: str) -> Result:
    """The names and rows of a statement's result."""
    rows = cursor.execute(sql).fetchall()
    return [name for name, *_ in cursor.description or ()], rows


def _load() -> exp.Expr:
    """Which load a row is of is the name of its file."""
    return exp.func("parse_filename", exp.column("filename"), exp.true(), dialect="duckdb")


def _column(column: Column, have: Collection[str]) -> exp.Expr:
    """A column as stored. Older files may lack it, and which load a row is of is the name of its file."""
    value: exp.Expr = exp.column(column.name, quoted=True) if column.name in have else exp.null()
    if column.name == LOAD:
        value = _load()
    return exp.alias_(exp.cast(value, column.kind.value, dialect="duckdb"), column.name, quoted=True)


def _lock_up(
    connection: duckdb.DuckDBPyConnection,
    *,
    memory: str,
    paths: Sequence[str],
    folders: Sequence[str] = (),
    threads: int = THREADS,
) -> None:
    """Bounds a session and closes it to all but these files, for good."""
    connection.execute("set global TimeZone = 'UTC'")
    connection.execute("set memory_limit = ?", [memory])
    connection.execute("set threads = ?", [threads])
    if not folders:
        connection.execute("set temp_directory = ''")
    # DuckDB compares names as they are and as they are escaped, which signs in them need.
    connection.execute("set allowed_paths = ?", [[*paths, *map(escape, paths)]])
    connection.execute("set allowed_directories = ?", [[*folders, *map(escape, folders)]])
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
