"""A file that is there whole or not at all, whatever happens as it is written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from costs.errors import ExportError
from costs.store import holder

_ENDING = ".unfinished"


@contextmanager
def new_file(path: Path, *, replaces: bool) -> Iterator[Path]:
    """A path to write to, whose file gets its name when the block ends without an error.

    What an export left that was killed is deleted by the next one of the same name.

    Args:
        path: the file that is to be.
        replaces: whether it may be there already.

    Raises:
        ExportError: it is there, or cannot be written.
    """
    refuse(path, replaces=replaces)
    try:
        _sweep(path)
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=_ENDING, dir=path.parent))
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with holder.held(folder):
            written = folder / path.name
            yield written
            _publish(written, path, replaces=replaces)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refuse(path: Path, *, replaces: bool) -> None:
    """Refuse a path that cannot be one of a new file.

    Raises:
        ExportError: it has no folder, is one, or is there and may not be replaced.
    """
    if not path.parent.is_dir():
        raise ExportError(f"There is no folder {path.parent}: make it, or name another.")
    if path.is_dir():
        raise ExportError(f"{path} is a folder: name a file in it.")
    if path.exists() and not replaces:
        raise ExportError(f"{path} is there already: name another file, or add --force to replace it.")


def _publish(written: Path, path: Path, *, replaces: bool) -> None:
    written.chmod(0o600)  # what others pay is for its owner only
    _sync(written)
    if replaces:
        written.replace(path)
    else:
        _rename_new(written, path)
    _sync(path.parent)


def _rename_new(written: Path, path: Path) -> None:
    """Rename without replacing a file that has appeared since; not all file systems have such links."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        refuse(path, replaces=False)
        raise
    except OSError:
        refuse(path, replaces=False)
        written.rename(path)


def _sync(path: Path) -> None:
    """Make a file, or the names in a folder, outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(path: Path) -> None:
    for folder in path.parent.glob(f".{escape(path.name)}.*{_ENDING}"):
        with suppress(OSError):
            if holder.is_abandoned(folder):
                shutil.rmtree(folder)
