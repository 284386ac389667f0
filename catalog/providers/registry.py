"""The price lists that a sync can read, by the value of `--source`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from catalog.errors import SyncArgumentError
from catalog.providers.google_cloud.client import ApiSource
from catalog.providers.google_cloud.folder import FolderSource
from catalog.providers.sample.source import SampleSource
from catalog.providers.source import Source


@contextmanager
def open_source(name: str, readers: int = 1) -> Iterator[Source]:
    """Open the source `api` or `sample`, or else the folder of recorded API responses at `name`.

    Args:
        name: the source.
        readers: the number of parallel tasks that read it; they share the request budget.

    Raises:
        SyncArgumentError: there is no such source.
        SourceError: no Google credentials were found.
    """
    if name == ApiSource.name:
        with ApiSource.connect(
            settings.GOOGLE_API_KEY, settings.SYNC_REQUESTS_PER_MINUTE / readers
        ) as source:
            yield source
    elif name == SampleSource.name:
        yield SampleSource()
    else:
        yield FolderSource(_folder(name))


def _folder(name: str) -> Path:
    path = Path(name)
    if "://" in name or not path.is_dir():
        what = "is a URL" if "://" in name else "is not a folder"
        raise SyncArgumentError(f"{name} {what}. The sources are api, sample or a folder of API responses.")
    if not FolderSource.is_price_list(path):
        raise SyncArgumentError(f"{name} contains neither services.json nor services.json.gz.")
    return path
