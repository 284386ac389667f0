"""Backups in one folder, each in a folder that is named by its moment, of which the newest are kept."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pricing_site.backup import BackupError

_NAME = "%Y-%m-%dT%H%M%SZ"


def new(folder: Path, now: datetime) -> Path:
    """The folder of the backup of a moment."""
    return folder / now.astimezone(UTC).strftime(_NAME)


def delete_old(folder: Path, keep: int) -> Sequence[Path]:
    """Delete all backups but the newest, and nothing else that is in the folder; those deleted.

    Raises:
        BackupError: one cannot be deleted.
    """
    old = sorted(each for each in folder.iterdir() if _is_dated(each))[:-keep]
    try:
        for each in old:
            shutil.rmtree(each)
    except OSError as error:
        raise BackupError(f"The backup is made, but an old one cannot be deleted: {error}.") from error
    return old


def _is_dated(path: Path) -> bool:
    try:
        datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return False
    return path.is_dir()
