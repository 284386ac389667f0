"""The price lists that a sync can read, by the value of `--source`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

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
        yield FolderSource(Path(name))
