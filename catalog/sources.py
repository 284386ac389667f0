"""The price lists that a sync can read, by the name that an operator gives."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from catalog.google_cloud.client import ApiSource
from catalog.google_cloud.folder import FolderSource
from catalog.sample.source import SampleSource
from catalog.sync import Source


def open_source(name: str) -> Source:
    """The source called `api` or `sample`, or else the folder of recorded API responses at `name`.

    Raises:
        SourceError: Google's API wants credentials and there are none.
    """
    if name == ApiSource.name:
        return ApiSource.connect(settings.GOOGLE_API_KEY)
    if name == SampleSource.name:
        return SampleSource()
    return FolderSource(Path(name))
