"""A copy of the objects of a bucket in a folder, which is then read as any folder of an export is.

Only what is new is fetched. A fetch that was cut off goes on where it stopped, and a file appears under its
name only when it is whole.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from costs.errors import LoadError
from costs.providers.bucket import Bucket, ChangedError, StoredObject
from costs.providers.files import inside

# Hidden, so that no folder of an export has them.
_INDEX = ".tags.json"
_PART = ".part"
_PRIVATE_FOLDER = 0o700


class Mirror:
    """The copy in a folder of what a bucket has.

    Args:
        bucket: where objects come from.
        folder: the copy; nobody else writes there.
    """

    def __init__(self, bucket: Bucket, folder: Path) -> None:
        self._bucket, self.folder = bucket, folder
        self._tags: dict[str, str] = _read_index(folder)
        # How much was fetched, to be shown.
        self.fetched = 0

    def fetch(self, wanted: Iterable[StoredObject]) -> None:
        """Bring objects that are not here, or are here in another version.

        Raises:
            LoadError: a name leads out of the folder, or an object cannot be read.
            ChangedError: an object was replaced since it was listed.
        """
        for each in wanted:
            if not self.has(each):
                self._bring(each)

    def keep(self, names: Iterable[str]) -> None:
        """Delete all files but these: what a later delivery no longer names would count twice."""
        kept = {self.path(name) for name in names}
        for path in _files(self.folder):
            if path not in kept and path.name != _INDEX:
                path.unlink()
        self._tags = {name: tag for name, tag in self._tags.items() if self.path(name) in kept}
        self._write_index()

    def drop(self, name: str) -> None:
        """Delete a file, such as a list of others that are about to change."""
        self._tags.pop(name, None)
        self._write_index()
        self.path(name).unlink(missing_ok=True)

    def has(self, found: StoredObject) -> bool:
        """Whether an object is here, in this version."""
        path = self.path(found.name)
        return (
            self._tags.get(found.name) == found.tag and path.is_file() and path.stat().st_size == found.size
        )

    def _bring(self, found: StoredObject) -> None:
        path = self.path(found.name)
        path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{_safe(found.tag)}{_PART}")
        _forget_other_parts(path, part)
        with _private(part) as file:
            start = file.seek(0, os.SEEK_END)
            if start > found.size:
                file.truncate(0)
                start = 0
            if start < found.size:
                with self._bucket.read(found, start) as chunks:
                    for chunk in chunks:
                        file.write(chunk)
                        self.fetched += len(chunk)
            whole = file.tell()
            # Its name and its tag must not outlast its content in a power cut.
            file.flush()
            os.fsync(file.fileno())
        if whole != found.size:
            problem = f"{self._bucket.address} sent {whole:,} of {found.size:,} bytes of {found.name}"
            raise LoadError(f"{problem}. The next load goes on there.")
        part.replace(path)
        self._tags[found.name] = found.tag
        self._write_index()

    def path(self, name: str) -> Path:
        """Where the copy of an object is.

        Raises:
            LoadError: it would be outside of the folder, or hidden.
        """
        path = inside(self.folder, name)
        if path is None or any(part.startswith(".") for part in path.relative_to(self.folder).parts):
            raise LoadError(f"{self._bucket.address} has an object whose name is no path: {name!r}.")
        return path

    def _write_index(self) -> None:
        self.folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        new = self.folder / f"{_INDEX}{_PART}"
        with _private(new) as file:
            file.truncate(0)
            file.write(json.dumps(self._tags, sort_keys=True).encode())
        new.replace(self.folder / _INDEX)


def again_if_changed(attempts: int) -> Iterator[contextlib.AbstractContextManager[None]]:
    """Attempts at reading a delivery that its cloud may be rewriting, until nothing disturbs one.

    for attempt in again_if_changed(3):
        with attempt:
            ...

    Raises:
        LoadError: it was rewritten during each.
    """
    is_done = False

    @contextlib.contextmanager
    def attempt() -> Iterator[None]:
        nonlocal is_done
        with contextlib.suppress(ChangedError):
            yield
            is_done = True

    for _ in range(attempts):
        yield attempt()
        if is_done:
            return
    raise LoadError("The delivery is being rewritten. The next load reads it when it is whole.")


def _read_index(folder: Path) -> dict[str, str]:
    """The tags of the files that are here; none if the index is damaged: then all is fetched again."""
    with contextlib.suppress(OSError, ValueError):
        tags = json.loads((folder / _INDEX).read_text())
        if isinstance(tags, Mapping):
            return {f"{name}": f"{tag}" for name, tag in tags.items()}
    return {}


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _forget_other_parts(path: Path, part: Path) -> None:
    """Parts of other versions of the same object."""
    for other in path.parent.glob(f".{glob.escape(path.name)}.*{_PART}"):
        if other != part:
            other.unlink()


def _safe(tag: str) -> str:
    return "".join(sign for sign in tag if sign.isalnum())[:64]


def _private(path: Path) -> BinaryIO:
    """A file to be read and written on, which its owner alone can read."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
