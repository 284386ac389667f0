"""A price list from a folder of recorded API responses.

services.json is the body of services.list, skus/<service id>.json the body of a service's skus.list.
Each may be compressed (.json.gz).
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from catalog.errors import SourceError
from catalog.providers.google_cloud.parse import parse_service, read_sku
from catalog.providers.records import GCP, ServiceRecord
from catalog.providers.source import Entry

# An id becomes a file name, so it must not lead out of the folder.
_SERVICE_ID = re.compile(r"[0-9A-Za-z-]+")


class FolderSource:
    """The price list in `path`; a service without a file has no SKUs."""

    name = "folder"
    provider = GCP

    def __init__(self, path: Path) -> None:
        self._path = path

    @staticmethod
    def is_price_list(path: Path) -> bool:
        """Whether the folder has a list of services."""
        return any((path / name).exists() for name in ("services.json", "services.json.gz"))

    def services(self) -> Iterator[ServiceRecord]:
        body = _read(self._path / "services.json")
        if body is None:
            raise SourceError(f"{self._path} contains neither services.json nor services.json.gz.")
        yield from map(parse_service, body.get("services", ()))

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[Entry]]:
        return map(self.skus, service_ids)

    def skus(self, service_id: str) -> Iterator[Entry]:
        if not _SERVICE_ID.fullmatch(service_id):
            raise SourceError(f"{service_id!r} is not a service id.")
        body = _read(self._path / "skus" / f"{service_id}.json") or {}
        for wire in body.get("skus", ()):
            yield read_sku(wire, service_id)


def _read(path: Path) -> dict[str, Any] | None:
    """The response in `path` or in its compressed copy; None if neither exists."""
    try:
        text = _text(path)
        body: dict[str, Any] | None = None if text is None else json.loads(text)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise SourceError(f"{path} cannot be read: {error}.") from error
    if body and body.get("nextPageToken"):
        # SKUs missing from an incomplete list must not count as withdrawn.
        raise SourceError(f"{path} is incomplete: it contains a nextPageToken.")
    return body


def _text(path: Path) -> bytes | None:
    if path.exists():
        return path.read_bytes()
    compressed = path.with_name(f"{path.name}.gz")
    return gzip.decompress(compressed.read_bytes()) if compressed.exists() else None
