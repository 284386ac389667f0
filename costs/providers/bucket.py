"""What S3 and Blob Storage have in common: objects with a name, a size and a tag of their version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of a bucket.

    Args:
        name: its name below the prefix that the bucket was opened with, as a/b.csv.
        size: in bytes.
        tag: changes whenever the content does (an ETag).
        modified: when it was written; None if the cloud was not asked.
    """

    name: str
    size: int
    tag: str
    modified: datetime | None = None


class ChangedError(Exception):
    """The object was replaced or deleted since it was listed."""


class Bucket(Protocol):
    """Objects below a prefix.

    Every method raises costs.errors.LoadError, in one sentence that says what to do, for credentials that are
    missing or expired, for permissions that lack, and if the cloud cannot be reached in spite of retries.
    """

    # As people write it: s3://bucket/prefix.
    address: str

    def objects(self, folder: str) -> Iterator[StoredObject]:
        """The objects below a folder of the prefix, such as metadata/, in pages."""

    def read(self, found: StoredObject, start: int) -> AbstractContextManager[Iterator[bytes]]:
        """The content of an object from a byte on, in chunks.

        Raises:
            ChangedError: it has another content now.
        """
