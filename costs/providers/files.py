"""The files of a folder that others write to: within bounds, and never outside of it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from costs.errors import LoadError

MAX_FILES = 20_000
MAX_BYTES = 200 * 1000**3
MAX_MANIFEST = 50 * 1000**2
# As many bytes tell what a file is.
HEAD = 64 * 1024
_CHUNK = 1024 * 1024


def walk(root: Path) -> list[Path]:
    """The files below a folder, in order of path; hidden ones are left out.

    Raises:
        LoadError: the folder cannot be read, has symbolic links, or is too large.
    """
    if not root.is_dir():
        raise LoadError(f"{root} is not a folder that can be read.")
    files: list[Path] = []
    size = 0
    for path, size_of in _found(root):
        files.append(path)
        size += size_of
        if len(files) > MAX_FILES:
            raise LoadError(f"{root} has more than {MAX_FILES:,} files: name a folder of one export.")
        if size > MAX_BYTES:
            raise LoadError(f"{root} has more than {MAX_BYTES // 1000**3} GB: name a folder of one export.")
    return sorted(files)


def _found(root: Path) -> Iterator[tuple[Path, int]]:
    try:
        for folder, folders, names in os.walk(root, onerror=_fail):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in [*folders, *names]:
                path = Path(folder, name)
                if path.is_symlink() and not name.startswith("."):
                    raise LoadError(f"{path} is a symbolic link: copy the file into the folder instead.")
            for path in (Path(folder, name) for name in names if not name.startswith(".")):
                if path.is_file():
                    yield path, path.stat().st_size
    except OSError as error:
        raise LoadError(f"{root} cannot be read: {error}.") from error


def _fail(error: OSError) -> None:
    raise error


def inside(folder: Path, relative: str) -> Path | None:
    """The path below a folder that a manifest names; None if it leads out of it."""
    path = PurePosixPath(relative)
    is_safe = path.parts and not path.is_absolute() and ".." not in path.parts and "\0" not in relative
    return folder.joinpath(*path.parts) if is_safe else None


def revision(files: Iterable[Path], *also: str) -> str:
    """A hash of what is in files, in any order and by any name."""
    return hashlib.sha256("\n".join([*sorted(map(digest, files)), *also]).encode()).hexdigest()[:32]


def digest(path: Path) -> str:
    """The hash of a file's content.

    Raises:
        LoadError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error}.") from error


def refuse_damaged(files: Iterable[Path]) -> None:
    """Refuse compressed files whose content is not what was compressed: DuckDB does not look at the checksum.

    Raises:
        LoadError: there is such a file.
    """
    for path in files:
        if path.suffix.lower() == ".gz":
            try:
                with gzip.open(path) as file:
                    while file.read(_CHUNK):
                        pass
            except EOFError as error:
                raise LoadError(f"{path.name} is cut off: copy it again.") from error
            except (OSError, zlib.error) as error:
                raise LoadError(f"{path.name} is damaged: copy it again.") from error


def refuse_copies(files: Iterable[Path]) -> None:
    """Refuse files with the same content: their rows would count twice.

    Raises:
        LoadError: there are such files.
    """
    seen: dict[str, Path] = {}
    for path in files:
        if (first := seen.setdefault(digest(path), path)) is not path:
            message = f"{first.name} and {path.name} are the same file: remove one, or its rows count twice."
            raise LoadError(message)


def head(path: Path) -> str:
    """The first characters of a text file, which may be compressed.

    Raises:
        LoadError: the file cannot be read.
    """
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            return file.read(HEAD).decode("utf-8-sig", errors="replace")
    except (OSError, EOFError, zlib.error) as error:
        raise LoadError(f"{path} cannot be read: {error}.") from error


def last_byte(path: Path) -> bytes:
    """The last byte of a file that has some.

    Raises:
        LoadError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1)
    except OSError as error:
        raise LoadError(f"{path} cannot be read: {error}.") from error


def manifest(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        LoadError: it is no JSON object, or too large.
    """
    try:
        if path.stat().st_size > MAX_MANIFEST:
            raise LoadError(f"{path} is too large for a manifest.")
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise LoadError(f"{path} cannot be read: {error}.") from error
    if not isinstance(value, dict):
        raise LoadError(f"{path} is not a manifest: it is not a JSON object.")
    return value
