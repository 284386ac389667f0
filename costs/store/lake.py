"""The embedded store: an immutable Parquet file a load, read by DuckDB; cost_loads says which count."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import duckdb
from sqlglot import exp

from costs.errors import NotLoadedError, TooLargeError
from costs.models import CostLoad
from costs.store import apart, rolled_up
from costs.store.base import Bounds, LoadedMonth, Rows, Table
from costs.store.engine import Engines, fetched
from costs.store.facts import Facts, by_name, facts
from costs.store.files import Written, digest_of, sha256_of
from costs.store.fitting import over_rollup, smallest
from costs.store.kept import RESULTS, KeptResults, Result
from costs.store.rolled_up import RolledUp, from_rollup
from costs.store.stored_loads import PRIVATE_FOLDER, LoadStore, named

# Each engine is over absolute paths, so that lakes can share them.
_engines = Engines()


class Lake(LoadStore):
    """Answers queries over the loads that are current, or were at a moment (`CostStore`).

    Args:
        root: the folder of the files, COSTS_DIR by default.
        keeps_results: whether a statement that was asked before is answered without reading charges again.
        reads_rollups: whether statements are answered from rollups where these have all that they read.
    """

    dialect = "duckdb"

    def __init__(
        self, root: Path | None = None, *, keeps_results: bool = True, reads_rollups: bool = True
    ) -> None:
        super().__init__(root)
        self._kept = KeptResults(self.root / RESULTS) if keeps_results else None
        self._rollups = RolledUp(self.root / rolled_up.FOLDER)
        self._reads_rollups = reads_rollups

    def run(self, select: exp.Query, *, loads: Sequence[LoadedMonth] | None = None) -> Rows:
        """Run a query over unified_costs and its views, as `CostStore.run`.

        Raises:
            NotLoadedError: nothing is loaded, or a file of it is gone.
            TooLargeError: it takes more memory than a reader may use, or a sum has too many digits.
        """
        found = self.loads() if loads is None else loads
        if not found:
            raise NotLoadedError("No costs are loaded." if loads is None else "No costs were loaded then.")
        names, rows = self._fetched(select, found)
        return Rows(names, rows, found)

    def run_bounded(self, select: exp.Query, *, loads: Sequence[LoadedMonth], bounds: Bounds) -> Table:
        """Run a query from outside in a process of its own, as `CostStore.run_bounded`."""
        return apart.run(select.sql(self.dialect, comments=False), self.files(loads), bounds)

    def _fetched(self, select: exp.Query, loads: Sequence[LoadedMonth]) -> Result:
        files = [self._existing(load) for load in loads]
        views = self._rollups.views(loads) if self._reads_rollups else {}
        rollup = smallest(views, select)
        sql = over_rollup(select, rollup.name) if rollup else select.sql(self.dialect)
        if self._kept and (kept := self._kept.get(sql, files)):
            return kept
        result = from_rollup(_engines, views, rollup, sql) if rollup else None
        if result is None:
            result = self._from_charges(select.sql(self.dialect) if rollup else sql, files, loads)
        if self._kept:
            self._kept.put(sql, files, result)
        return result

    def _from_charges(self, sql: str, files: Sequence[Path], loads: Sequence[LoadedMonth]) -> Result:
        self._refuse_damaged(loads)
        try:
            # Closed even after an error: an unfinished result would block its cursor.
            with _engines.cursor(files) as cursor:
                return fetched(cursor, sql)
        except duckdb.OutOfMemoryException as error:
            hint = "Ask for a shorter time or for fewer dimensions."
            raise TooLargeError("The question takes more memory than one may use.", hint=hint) from error
        except duckdb.OutOfRangeException as error:
            hint = "Ask for a shorter time or with a filter."
            raise TooLargeError("A sum of the question has more digits than sums may.", hint=hint) from error
        except (duckdb.Error, UnicodeDecodeError):
            self._refuse_damaged(loads)  # since it was looked at
            raise

    def files(self, loads: Sequence[LoadedMonth]) -> Sequence[Path]:
        """Their files, of which none is gone or damaged."""
        self._refuse_damaged(loads)
        return [self._existing(load) for load in loads]

    def file(self, load: CostLoad) -> Path:
        """The file of a load that was published."""
        return self.root / load.path

    def has(self, load: CostLoad) -> bool:
        """Whether the file of a load is there."""
        return bool(load.path) and self.file(load).is_file()

    def name_of(self, load: CostLoad) -> str:
        """As in sentences of `check_costs`."""
        return f"The file {load.path}"

    def size(self, load: CostLoad) -> int:
        """The size of its file; 0 if that is not there."""
        return self.file(load).stat().st_size if self.has(load) else 0

    def differences(self, load: CostLoad, _folder: Path, /) -> tuple[Path, list[str]]:
        """Whether the bytes of its file are those that were written."""
        file = self.file(load)
        found = sha256_of(file)
        is_same = found == load.sha256
        changed = f"The file {load.path} has changed: its SHA-256 is {found} instead of {load.sha256}."
        return file, [] if is_same else [changed]

    def stage(self, load: CostLoad, written: Written) -> None:
        """Nothing: it is on the disk of the lake already."""

    def take(self, load: CostLoad, file: Path) -> str:
        """Copy a file to its place."""
        with self.workspace(f"taken-{secrets.token_hex(5)}") as folder:
            new = folder / "charges.parquet"
            shutil.copyfile(file, new)
            new.chmod(0o600)
            self._put(load, new)
        return sha256_of(self.file(load))

    def facts(self, month: LoadedMonth) -> Sequence[Facts]:
        """Of its file, never of what was kept of it."""
        names, rows = self._from_charges(facts().sql(self.dialect), [self._existing(month)], [month])
        return by_name(names, rows)

    def keep(self, load: CostLoad, written: Written) -> None:
        """Move the file to its place."""
        self._put(load, written.path)

    def _put(self, load: CostLoad, new: Path) -> None:
        path = self.file(load)
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        new.rename(path)
        _sync_folder(path.parent)

    def discard(self, load: CostLoad) -> None:
        """Delete what a load has written that was never published or no longer counts."""
        super().discard(load)
        if self.has(load):
            self.file(load).unlink(missing_ok=True)
            # What was read from it goes too.
            self._rollups.forget(load.pk)
            self.forget_results()

    def prepare(self, loads: Sequence[LoadedMonth]) -> None:
        """Make the rollups that loads lack, as `CostStore.prepare`. Without one, charges are read."""
        self._rollups.forget_others()
        for load in loads:
            with suppress(duckdb.Error, OSError, NotLoadedError):
                file = self._existing(load)
                with self.workspace(f"rollups-{secrets.token_hex(5)}") as folder:
                    self._rollups.make(load, file, folder)

    def _existing(self, month: LoadedMonth) -> Path:
        """The file of a load: without it, sums would be too small."""
        file = self.root / month.path
        if month.path and file.is_file():
            return file
        load = CostLoad.objects.get(pk=month.id)
        if load.path:
            hint = f"Ask the operator to run load_costs --source {load.source_id}, which replaces it."
            raise NotLoadedError(f"The file of {named(load)} is missing.", hint=hint)
        raise NotLoadedError(
            f"The file of {named(load)} was deleted, since it was {load.end}.",
            hint="Ask for a later as_of.",
        )

    def _refuse_damaged(self, months: Sequence[LoadedMonth]) -> None:
        """A changed digit is another sum, and DuckDB notices only few of them."""
        damaged = next((month for month in months if not self._is_sound(month)), None)
        if damaged:
            raise NotLoadedError(
                f"The file of {named(CostLoad.objects.get(pk=damaged.id))} is damaged and cannot be read.",
                hint="Ask the operator to run check_costs, which says what to do.",
            )

    def _is_sound(self, month: LoadedMonth) -> bool:
        try:
            return digest_of(self.root / month.path) == month.sha256
        except OSError:
            return False


def _sync_folder(folder: Path) -> None:
    """Make a rename outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
