"""A backup: the database as one SQLite file, and beside it the files of costs that it names.

The database is copied first, in one state of it. Files of costs never change, and the sweep deletes none that
was current in the last 90 days, so those that this state names are still there.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from costs.models import CostLoad
from libsql_backend import dbapi
from pricing_site import table_copy

DATABASE, COSTS = "catalog.db", "costs"
_BUSY_SECONDS = 20


class BackupError(Exception):
    """A backup that cannot be made or restored."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What was copied.

    Args:
        bytes: the size of all.
        files: how many files of costs.
        missing: those that the database names and that are not there.
    """

    bytes: int
    files: int
    missing: Sequence[str]


def make(folder: Path) -> Backup:
    """Copy the database and the costs into a new folder, which is there once it is whole.

    Raises:
        BackupError: the folder is there, or something cannot be copied.
    """
    if folder.exists():
        raise BackupError(f"{folder} is there already: name a new folder.")
    work = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        # For its owner only: it has sessions, tokens and what people pay.
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        _save_database(work / DATABASE)
        files, missing = _save_costs(work)
        size = sum(path.stat().st_size for path in work.rglob("*") if path.is_file())
        work.rename(folder)
    except (OSError, sqlite3.Error, dbapi.Error) as error:
        raise BackupError(f"The backup cannot be made: {error}.") from error
    finally:
        if work:
            shutil.rmtree(work, ignore_errors=True)
    return Backup(size, files, missing)


def restore(folder: Path) -> Backup:
    """Copy a backup into the database and the folder of costs of the settings, which have nothing yet.

    Raises:
        BackupError: the folder is no backup or is damaged, or there is something already.
    """
    path = folder / DATABASE
    if not path.is_file():
        raise BackupError(f"{folder} has no {DATABASE}: name a folder that the command backup made.")
    if any(each.is_file() for each in settings.COSTS_DIR.rglob("*")):
        raise BackupError(
            f"{settings.COSTS_DIR} has files: set COSTS_DIR to a new folder, or move them away."
        )
    try:
        with closing(_file(path)) as source:
            _refuse_damaged(source, path)
            names = _named_files(source)
            with _opened() as target:
                if not table_copy.is_empty(target):
                    raise BackupError("The database has tables: set DATABASE_URL to an empty one.")
                missing = _copy_files(folder / COSTS, settings.COSTS_DIR, names)
                _fill(source, target)
    except (OSError, sqlite3.Error, dbapi.Error) as error:
        raise BackupError(f"The backup cannot be restored: {error}.") from error
    size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    return Backup(size, len(names) - len(missing), missing)


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
        names = _named_files(database)
    missing = _copy_files(settings.COSTS_DIR, work / COSTS, names)
    return len(names) - len(missing), missing


def _fill(source: sqlite3.Connection, target: Any) -> None:
    if isinstance(target, sqlite3.Connection):
        source.backup(target)
        return
    target.execute("BEGIN")
    table_copy.copy(source, target)
    target.execute("COMMIT")


def _named_files(database: sqlite3.Connection) -> list[str]:
    """The files of costs that answers may rest on, by their paths within the folder."""
    found = database.execute(
        "SELECT path FROM cost_loads WHERE path <> '' AND status IN (?, ?) ORDER BY path",
        [f"{status}" for status in CostLoad.PUBLISHED],
    )
    return [path for (path,) in found]


def _copy_files(source: Path, target: Path, names: Sequence[str]) -> Sequence[str]:
    """Copy files; those that are not there."""
    missing = []
    for name in names:
        try:
            data = source / name
            (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(data, target / name)
        except FileNotFoundError:
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
