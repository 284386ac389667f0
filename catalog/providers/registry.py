"""The price lists that a sync can read, by the values of `--source` and `--provider`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.errors import SyncArgumentError
from catalog.providers.aws.source import AwsSource
from catalog.providers.azure.source import AzureSource
from catalog.providers.google_cloud.client import ApiSource
from catalog.providers.google_cloud.folder import FolderSource
from catalog.providers.records import AWS, AZURE, EVERY_PROVIDER, GCP, PROVIDERS
from catalog.providers.sample.source import SampleSource
from catalog.providers.source import Source

API = ApiSource.name
# The list that a provider itself serves; called with the number of tasks that read it.
_LIVE: dict[str, Callable[[int], AbstractContextManager[Source]]] = {
    GCP: lambda readers: ApiSource.connect(
        settings.GOOGLE_API_KEY, settings.SYNC_REQUESTS_PER_MINUTE / readers
    ),
    AWS: lambda _: AwsSource.connect(),
    AZURE: lambda _: AzureSource.connect(),
}
# Whether a folder has saved answers of a provider, and what reads them.
_SAVED: dict[str, tuple[Callable[[Path], bool], Callable[[Path], Any]]] = {
    GCP: (FolderSource.is_price_list, FolderSource),
    AWS: (AwsSource.is_price_list, AwsSource.in_folder),
    AZURE: (AzureSource.is_price_list, AzureSource.in_folder),
}


def providers_of(name: str, chosen: str | None) -> tuple[str, ...]:
    """The providers whose price lists the source `name` has, in the order of PROVIDERS.

    Args:
        name: as for open_source.
        chosen: one of them; None or EVERY_PROVIDER means all that the source has.

    Raises:
        SyncArgumentError: there is no such source, or it has no list of the chosen provider.
    """
    if chosen == EVERY_PROVIDER:
        chosen = None
    if name == SampleSource.name:
        if chosen:
            raise SyncArgumentError(f"The sample is of all providers. Leave out --provider {chosen}.")
        return (EVERY_PROVIDER,)
    found = PROVIDERS if name == API else _saved_in(_folder(name))
    if chosen and chosen not in found:
        raise SyncArgumentError(f"{name} has no price list of {chosen}, only of {', '.join(found)}.")
    return (chosen,) if chosen else found


@contextmanager
def open_source(name: str, provider: str = GCP, readers: int = 1) -> Iterator[Source]:
    """Open the source `api` or `sample`, or else the folder of recorded answers at `name`.

    Args:
        name: the source.
        provider: one that providers_of has.
        readers: the number of parallel tasks that read it; they share the request budget.

    Raises:
        SyncArgumentError: there is no such source.
        SourceError: no Google credentials were found.
    """
    with _opened(name, provider, readers) as source:
        yield source


def _opened(name: str, provider: str, readers: int) -> AbstractContextManager[Source]:
    if name == API:
        return _LIVE[provider](readers)
    if name == SampleSource.name:
        return nullcontext(SampleSource())
    return nullcontext(_SAVED[provider][1](_folder(name)))


def _saved_in(path: Path) -> tuple[str, ...]:
    found = tuple(provider for provider in PROVIDERS if _SAVED[provider][0](path))
    if not found:
        raise SyncArgumentError(
            f"{path} contains neither services.json nor services.json.gz, nor saved answers of AWS or Azure."
        )
    return found


def _folder(name: str) -> Path:
    path = Path(name)
    if "://" in name or not path.is_dir():
        what = "is a URL" if "://" in name else "is not a folder"
        raise SyncArgumentError(f"{name} {what}. The sources are api, sample or a folder of API responses.")
    return path
