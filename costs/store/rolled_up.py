"""The files of rollups beside the lake, and answers from them."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from decimal import Decimal
from glob import escape
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.store.base import LoadedMonth
from costs.store.engine import Engines, Views, fetched, open_writer, stored
from costs.store.files import digest_of, sha256_of
from costs.store.kept import Result
from costs.store.rollups import CHARGES, ROLLUPS, Rollup, version

# No source has such a name.
FOLDER = ".rollups"
# The SHA-256 of a file and its load are beside it.
SEAL = ".sha256"

logger = logging.getLogger(__name__)


class RolledUp:
    """The rollups of a lake.

    Args:
        folder: only its owner can read it: what is added up is what people pay.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[tuple[str, ...], Views] = {}

    def views(self, loads: Sequence[LoadedMonth]) -> Views:
        """The files of the rollups that all of these loads have, by name; looked for once."""
        key = tuple(load.id for load in loads)
        if key not in self._known:
            files = {rollup.name: [self._file(rollup, load) for load in loads] for rollup in ROLLUPS}
            self._known[key] = {
                name: found for name, found in files.items() if all(file.is_file() for file in found)
            }
        return self._known[key]

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
        lacking = [rollup for rollup in ROLLUPS if not self._has(rollup, load)]
        if not lacking:
            return
        with open_writer(workspace, [charges]) as connection:
            table = stored(connection, [f"{charges}"]).sql("duckdb")
            connection.execute(f"create view charges as {table}")
            for rollup in lacking:
                new = workspace / f"{rollup.name}.parquet"
                to = exp.Literal.string(f"{new}").sql("duckdb")
                select = rollup.select("charges")
                connection.execute(f"copy ({select}) to {to} (format parquet, compression zstd)")
                self._keep(connection, rollup, load, new)

    def forget(self, load_id: str) -> None:
        """Delete the rollups of a load."""
        for file in self._folder.glob(f"*/{escape(load_id)}.*"):
            file.unlink(missing_ok=True)

    def forget_others(self) -> None:
        """Delete the rollups that are not of this code."""
        places = {self._place(rollup) for rollup in ROLLUPS}
        for folder in self._folder.glob("*"):
            if folder not in places:
                shutil.rmtree(folder, ignore_errors=True)

    def _has(self, rollup: Rollup, load: LoadedMonth) -> bool:
        file = self._file(rollup, load)
        return file.is_file() and _is_sound(file)

    def _keep(
        self, connection: duckdb.DuckDBPyConnection, rollup: Rollup, load: LoadedMonth, new: Path
    ) -> None:
        """Keep a file that was made, if it has the rows and the money of its load."""
        rows, billed = _sums(connection, new)
        if (rows, billed) != (load.rows, load.billed):
            logger.error("The rollup %s of load %s has other sums than its load.", rollup.name, load.id)
            return
        file, seal = self._file(rollup, load), new.with_suffix(SEAL)
        seal.write_text(_seal(sha256_of(new), load.id))
        for each in (new, seal):
            each.chmod(0o600)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Readers see it whole and sealed, or not at all.
        seal.rename(file.with_suffix(SEAL))
        new.rename(file)

    def _file(self, rollup: Rollup, load: LoadedMonth) -> Path:
        # Its name says which load it is of, as that of a file of charges does.
        return self._place(rollup) / f"{load.id}.parquet"

    def _place(self, rollup: Rollup) -> Path:
        return self._folder / f"{rollup.name}-{version(rollup)}"


def from_rollup(engines: Engines, views: Views, rollup: Rollup, sql: str) -> Result | None:
    """The result of a statement over a rollup; None if it cannot be read.

    Args:
        engines: of the lake.
        views: the files of the rollups.
        rollup: the one that the statement is over.
        sql: the statement.
    """
    try:
        if all(map(_is_sound, views[rollup.name])):
            with engines.rolled_up(views) as cursor:
                return fetched(cursor, sql)
        logger.warning("A file of the rollup %s is damaged, so charges are read.", rollup.name)
    except (duckdb.Error, UnicodeDecodeError):
        # Over the charges it may be computed, or the reason told.
        logger.warning("The rollup %s cannot be read, so charges are.", rollup.name, exc_info=True)
    return None


def _is_sound(file: Path) -> bool:
    """Whether a rollup is as it was written, for the load that its name says."""
    try:
        return file.with_suffix(SEAL).read_text() == _seal(digest_of(file), file.stem)
    except OSError:
        return False


def _seal(digest: str, load_id: str) -> str:
    return f"{digest} {load_id}"


def _sums(connection: duckdb.DuckDBPyConnection, file: Path) -> tuple[int, dict[str, Decimal]]:
    """How many charges a rollup is made of, and their money by currency."""
    sums = connection.execute(
        f"select coalesce(BillingCurrency, ''), sum(BilledCost), sum({CHARGES}) "  # noqa: S608  names of ours
        "from read_parquet($path) group by all",
        {"path": escape(f"{file}")},
    ).fetchall()
    billed = {currency: amount or Decimal(0) for currency, amount, _ in sums}
    return sum(count for *_, count in sums), billed
