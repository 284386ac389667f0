"""The files of rollups beside the lake, and answers from them."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from decimal import Decimal
from glob import escape
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.store.base import LoadedMonth
from costs.store.engine import Engines, Views, fetched, open_writer, stored
from costs.store.fitting import over_rollup, reads
from costs.store.kept import Result
from costs.store.rollups import CHARGES, ROLLUPS, Rollup

# No source has such a name.
FOLDER = ".rollups"

logger = logging.getLogger(__name__)


class RolledUp:
    """The rollups of a lake.

    Args:
        folder: only its owner can read it: what is added up is what people pay.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def views(self, loads: Sequence[LoadedMonth]) -> Views:
        """The files of the rollups that all of these loads have, by name."""
        files = {rollup.name: [self._file(rollup, load) for load in loads] for rollup in ROLLUPS}
        return {name: found for name, found in files.items() if all(file.is_file() for file in found)}

    def run(
        self, engines: Engines, select: exp.Query, files: Sequence[Path], loads: Sequence[LoadedMonth]
    ) -> Result | None:
        """The result of a statement from the smallest rollup that has all that it reads, if one has.

        Args:
            engines: of the lake.
            select: the statement.
            files: the charges.
            loads: whose they are.
        """
        views = self.views(loads)
        rollup = _smallest(views, select)
        if rollup is None:
            return None
        try:
            with engines.cursor(files, views) as cursor:
                if _is_sound(cursor, rollup, views, loads):
                    return fetched(cursor, over_rollup(select, rollup.name).sql("duckdb"))
                logger.warning("A file of %s is not of its load; charges are read.", self._place(rollup))
        except duckdb.Error:
            # Over the charges it may be computed, or the reason told.
            logger.warning("%s cannot be read; charges are.", self._place(rollup), exc_info=True)
        return None

    def make(self, load: LoadedMonth, charges: Path, workspace: Path) -> None:
        """Make the rollups that a load lacks.

        Args:
            load: the load.
            charges: its file.
            workspace: a folder for what is not whole yet.

        Raises:
            duckdb.Error: the charges cannot be read, or the disk is full.
            OSError: the disk is full.
        """
        files = [self._file(rollup, load) for rollup in ROLLUPS]
        with open_writer(workspace, [charges, *(file for file in files if file.is_file())]) as connection:
            lacking = [rollup for rollup in ROLLUPS if not self._has(connection, rollup, load)]
            if lacking:
                select = stored(connection, [f"{charges}"]).sql("duckdb")
                connection.execute(f"create view charges as {select}")
            for rollup in lacking:
                new = workspace / f"{rollup.name}.parquet"
                to = exp.Literal.string(f"{new}").sql("duckdb")
                select = rollup.select("charges")
                connection.execute(f"copy ({select}) to {to} (format parquet, compression zstd)")
                new.chmod(0o600)
                self._place(rollup).mkdir(mode=0o700, parents=True, exist_ok=True)
                # Readers see it whole or not at all.
                new.rename(self._file(rollup, load))

    def forget(self, load_id: str) -> None:
        """Delete the rollups of a load."""
        for file in self._folder.glob(f"*/{escape(load_id)}.parquet"):
            file.unlink(missing_ok=True)

    def forget_others(self) -> None:
        """Delete the rollups that are not of this code."""
        places = {self._place(rollup) for rollup in ROLLUPS}
        for folder in self._folder.glob("*"):
            if folder not in places:
                shutil.rmtree(folder, ignore_errors=True)

    def _has(self, connection: duckdb.DuckDBPyConnection, rollup: Rollup, load: LoadedMonth) -> bool:
        file = self._file(rollup, load)
        try:
            return file.is_file() and _is_of(
                connection, f"read_parquet({_text(file)}, filename = true)", [load]
            )
        except duckdb.Error:
            return False

    def _file(self, rollup: Rollup, load: LoadedMonth) -> Path:
        # Its name says which load it is of, as that of a file of charges does.
        return self._place(rollup) / f"{load.id}.parquet"

    def _place(self, rollup: Rollup) -> Path:
        return self._folder / f"{rollup.name}-{rollup.version}"


def _smallest(views: Views, select: exp.Query) -> Rollup | None:
    asked = reads(select) if views else None
    fitting = [rollup for rollup in ROLLUPS if rollup.name in views and asked and asked.fits(rollup)]
    sizes = {rollup: sum(file.stat().st_size for file in views[rollup.name]) for rollup in fitting}
    return min(sizes, key=lambda rollup: sizes[rollup], default=None)


# Whether the rollups are of the loads that they are called after, by their files.
_judged: dict[tuple[Path, ...], bool] = {}


def _is_sound(
    cursor: duckdb.DuckDBPyConnection, rollup: Rollup, views: Views, loads: Sequence[LoadedMonth]
) -> bool:
    files = tuple(views[rollup.name])
    if files not in _judged:
        _judged[files] = _is_of(cursor, rollup.name, loads)
    return _judged[files]


def _is_of(connection: duckdb.DuckDBPyConnection, table: str, loads: Sequence[LoadedMonth]) -> bool:
    """Whether a rollup has the rows and the money of these loads."""
    found: dict[str, tuple[int, Mapping[str, Decimal]]] = {load.id: (0, {}) for load in loads}
    keys = "parse_filename(filename, true), coalesce(BillingCurrency, '')"
    sums = f"select {keys}, sum(BilledCost), sum({CHARGES}) from {table} group by all"  # noqa: S608  names of ours
    for load, currency, billed, rows in connection.execute(sums).fetchall():
        before, money = found.get(load, (0, {}))
        found[load] = before + rows, {**money, currency: billed or Decimal(0)}
    return found == {load.id: (load.rows, dict(load.billed)) for load in loads}


def _text(file: Path) -> str:
    return exp.Literal.string(escape(f"{file}")).sql("duckdb")
