"""A backup: the database as one SQLite file, and beside it the files of costs that it names.

The database is copied first, in one state of it. Files of costs never change, and the sweep deletes none that
was current in the last 90 days, so those that this state names are still there. The database has the digest
of each, by which a damaged one is known: it is left out, as one that is missing.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from costs.models import CostLoad
from costs.store.files import sha256_of
from libsql_backend import dbapi
from pricing_site import table_copy

DATABASE, COSTS = "catalog.db", "costs"
_BUSY_SECONDS = 20
# Within the folder of costs, which may be a mount. One that a killed restore left is in nobody's way.
_RESTORING = ".restoring-"


class BackupError(Exception):
    """A backup that cannot be made or restored."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied.

    Args:
        bytes: the size of all.
        files: how many files of costs.
        missing: those that the database names and that are not there, or are damaged.
    """

    bytes: int
    files: int
    missing: Sequence[str]


def make(folder: Path, *, with_costs: bool = True) -> Backup:
    """Copy the database and the costs into a new folder, which is there once it is whole.

    Args:
        folder: it is not there yet.
        with_costs: whether the files of costs are copied too.

    Raises:
        BackupError: the folder is there, the database has no tables, or something cannot be copied.
    """
    if folder.exists():
        raise BackupError(f"{folder} is there already: name a new folder.")
    work = None
    try:
        _refuse_empty()
        folder.parent.mkdir(parents=True, exist_ok=True)
        # For its owner only: it has sessions, tokens and what people pay.
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        _save_database(work / DATABASE)
        files, missing = _save_costs(work) if with_costs else (0, [])
        size = sum(path.stat().st_size for path in work.rglob("*") if path.is_file())
        work.rename(folder)
    except (OSError, sqlite3.Error, dbapi.Error) as error:
        raise BackupError(f"The backup cannot be made: {error}.") from error
    finally:
        if work:
            shutil.rmtree(work, ignore_errors=True)
    return Backup(size, files, missing)


def restore(folder: Path, *, with_costs: bool = True) -> Backup:
    """Copy a backup into the database and the folder of costs of the settings, which have nothing yet.

    What fails leaves them as they were.

    Args:
        folder: a backup.
        with_costs: whether its files of costs are copied too, into a folder without files.

    Raises:
        BackupError: the folder is no backup or is damaged, or there is something already.
    """
    path = folder / DATABASE
    if not path.is_file():
        raise BackupError(f"{folder} has no {DATABASE}: name a folder that the command backup made.")
    if with_costs:
        _refuse_costs()
    try:
        with closing(_file(path)) as source:
            _refuse_damaged(source, path)
            digests = _named_files(source) if with_costs else {}
            with _opened() as target:
                if not table_copy.is_empty(target):
                    raise BackupError("The database has tables: set DATABASE_URL to an empty one.")
                with _restored_files(folder / COSTS, digests) as missing:
                    _fill(source, target)
    except (OSError, sqlite3.Error, dbapi.Error) as error:
        raise BackupError(f"The backup cannot be restored: {error}.") from error
    size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    return Backup(size, len(digests) - len(missing), missing)


def _refuse_empty() -> None:
    with _opened() as source:
        if table_copy.is_empty(source):
            raise BackupError("The database has no tables: set DATABASE_URL to the one to save.")


def _refuse_costs() -> None:
    there = [each for each in settings.COSTS_DIR.glob("*") if not each.name.startswith(_RESTORING)]
    if any(each.is_file() for top in there for each in (top, *top.rglob("*"))):
        raise BackupError(
            f"{settings.COSTS_DIR} has files: set COSTS_DIR to a new folder, or move them away."
        )


def _save_database(path: Path) -> None:
    with _opened() as source, closing(sqlite3.connect(path)) as target:
        if isinstance(source, sqlite3.Connection):
            source.backup(target)
        else:
            source.execute("BEGIN")
            target.execute("BEGIN")
            table_copy.copy(source, target)
            target.commit()
        # One file, that can be copied by itself.
        target.execute("PRAGMA journal_mode = DELETE")
    path.chmod(0o600)


def _save_costs(work: Path) -> tuple[int, Sequence[str]]:
    with closing(_file(work / DATABASE)) as database:
        digests = _named_files(database)
    missing = _copy_files(settings.COSTS_DIR, work / COSTS, digests)
    return len(digests) - len(missing), missing


@contextmanager
def _restored_files(source: Path, digests: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """Put files into the folder of costs, and take them away if something fails then; those missing."""
    if not digests:
        yield []
        return
    settings.COSTS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=_RESTORING, dir=settings.COSTS_DIR))
    months: dict[Path, Path] = {}
    try:
        missing = _copy_files(source, work, digests)
        months = {month: settings.COSTS_DIR / month.name for month in work.iterdir()}
        for month, place in months.items():
            month.rename(place)
        yield missing
    except BaseException:
        for place in months.values():
            shutil.rmtree(place, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _fill(source: sqlite3.Connection, target: Any) -> None:
    if isinstance(target, sqlite3.Connection):
        source.backup(target)
        return
    target.execute("BEGIN")
    table_copy.copy(source, target)
    target.execute("COMMIT")


def _named_files(database: sqlite3.Connection) -> dict[str, str]:
    """The digests of the files of costs that answers may rest on, by their paths within the folder."""
    found = database.execute(
        "SELECT path, sha256 FROM cost_loads WHERE path <> '' AND status IN (?, ?) ORDER BY path",
        [f"{status}" for status in CostLoad.PUBLISHED],
    )
    return dict(found.fetchall())


def _copy_files(source: Path, target: Path, digests: Mapping[str, str]) -> Sequence[str]:
    """Copy files; those that are not there, or are not what was loaded."""
    missing = []
    for name, digest in digests.items():
        new = target / name
        try:
            new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(source / name, new)
        except FileNotFoundError:
            missing.append(name)
            continue
        if digest and sha256_of(new) != digest:
            new.unlink()
            missing.append(name)
    return missing


def _refuse_damaged(database: sqlite3.Connection, path: Path) -> None:
    [result] = database.execute("PRAGMA quick_check(1)").fetchone()
    if result != "ok":
        raise BackupError(f"{path} is damaged: {result}.")


@contextmanager
def _opened() -> Iterator[Any]:
    """A connection of our own to the database of the settings: Django's would lock it for writing."""
    configured = settings.DATABASES["default"]
    if configured["ENGINE"] == "libsql_backend":
        connection: Any = dbapi.connect(configured["NAME"], configured["PASSWORD"], autocommit=True)
    else:
        connection = _file(Path(configured["NAME"]))
    with closing(connection):
        yield connection


def _file(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
