"""Exports of Azure Cost Management in Blob Storage, copied to a folder that is read as azure_export.py says.

All manifests are copied, since they alone tell which run of a month counts; of the parts, those of such runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import ContainerClient, ExponentialRetry

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers import azure_export
from costs.providers.azure_credentials import OF_BLOBS, credential, is_connection_string
from costs.providers.azure_errors import is_of_container, sentence
from costs.providers.bucket import Bucket, ChangedError, StoredObject
from costs.providers.files import inside
from costs.providers.folder import FolderSource
from costs.providers.look import MAX_LISTED, Look, Seen, newest
from costs.providers.mirror import Mirror, again_if_changed
from costs.providers.source import Delivery

# Nobody but Azure is sent a token: the public cloud, its DNS zones, and the clouds of the US and of China.
_LOCATION = re.compile(
    r"(?P<endpoint>https://(?P<account>[a-z0-9]{3,24})"
    r"\.(blob\.core\.(windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)|z\d+\.blob\.storage\.azure\.net))"
    r"/(?P<container>[a-z0-9-]{3,63})(?P<path>/[^?#]*)?"
)
# As Azure's own tools name it.
_CONNECTION_STRING = "AZURE_STORAGE_CONNECTION_STRING"
_ATTEMPTS = 3
_PAGE = 5000
_CHUNK = 8 * 1024**2
# Waits of 2, 5, 11, 29 and 83 seconds, a few more or less.
_RETRIES = 5
_BACKOFF = 2


def open_source(name: str, location: str, fetched: Path, identity: Identity = OWN) -> AzureSource:
    """Open an export in Blob Storage.

    Args:
        name: of the source.
        location: https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH/EXPORT.
        fetched: the folder that it is copied to.
        identity: whose credentials it is read with.

    Raises:
        LoadError: the location is none of Blob Storage.
    """
    return AzureSource(name, location, fetched, identity)


def look(location: str, identity: Identity = OWN) -> Look:
    """Look at an export in Blob Storage: list its blobs, and read the start of a manifest.

    Raises:
        LoadError: it cannot be read, or is none.
    """
    place = _place(location)
    with _opened(place, identity) as client:
        bucket = BlobBucket(location, client, place.prefix)
        found = [*islice(bucket.objects(""), MAX_LISTED)]
        manifests = {Path(each.name): each for each in found if azure_export.is_manifest(Path(each.name))}
        if not manifests:
            raise LoadError(_without_manifests(bucket))
        written = {path: each.modified for path, each in manifests.items() if each.modified}
        try:
            with bucket.read(manifests[max(written, key=written.__getitem__)], 0) as chunks:
                next(iter(chunks), b"")
        except ChangedError as error:
            raise LoadError(f"Azure is writing {bucket.address}: check again in a moment.") from error
    seen = [Seen(month, at) for month, at in azure_export.delivered(written).items()]
    more = len(found) == MAX_LISTED
    return newest(seen, *([f"Only the first {MAX_LISTED:,} blobs were looked at."] if more else []))


def _without_manifests(bucket: Bucket) -> str:
    where = f"{bucket.address} has no manifest.json of an export"
    return f"{where}: name the folder of an export of the type FocusCost that has run."


class AzureSource(FolderSource):
    """The latest run of each month of an export.

    Args:
        name: of the source.
        location: of the export.
        folder: the copy.
        identity: whose credentials it is read with.
    """

    def __init__(self, name: str, location: str, folder: Path, identity: Identity = OWN) -> None:
        super().__init__(name, folder)
        self._identity = identity
        self._location, self._place, self._folder = location, _place(location), folder.resolve()

    def deliveries(self) -> Iterator[Delivery]:
        """The latest delivery of each month, oldest month first, from a copy that is up to date.

        Raises:
            LoadError: Azure cannot be read, or what it has is no export.
        """
        with _opened(self._place, self._identity) as client:
            bucket = BlobBucket(self._location, client, self._place.prefix)
            for attempt in again_if_changed(_ATTEMPTS):
                with attempt:
                    self._fetch(bucket)
        return super().deliveries()

    def _fetch(self, bucket: Bucket) -> None:
        mirror, found = Mirror(bucket, self._folder), self._listed(bucket)
        manifests = {path: each for path, each in found.items() if azure_export.is_manifest(path)}
        mirror.fetch(manifests.values())
        parts = [found[path] for path in sorted(azure_export.needed([*found]))]
        if not manifests and not parts:
            raise LoadError(_without_manifests(bucket))
        mirror.fetch(parts)
        mirror.keep(each.name for each in (*manifests.values(), *parts))

    def _listed(self, bucket: Bucket) -> Mapping[Path, StoredObject]:
        """What is in the export, by where the copy of each is; hidden files are left out, as in a folder."""
        placed = ((inside(self._folder, each.name), each) for each in bucket.objects(""))
        return {path: each for path, each in placed if path and not self._is_hidden(path)}

    def _is_hidden(self, path: Path) -> bool:
        return any(part.startswith(".") for part in path.relative_to(self._folder).parts)


class _Place(NamedTuple):
    """Where an export is.

    Args:
        endpoint: of the account, as https://ACCOUNT.blob.core.windows.net.
        account: the storage account.
        container: the container.
        prefix: what the names of its blobs begin with, as "exports/daily/"; "" if it is the whole container.
    """

    endpoint: str
    account: str
    container: str
    prefix: str


class BlobBucket:
    """The blobs below a folder of a container (`Bucket`).

    Args:
        address: what people call it.
        client: of the container.
        prefix: what the names of the blobs begin with.
    """

    def __init__(self, address: str, client: ContainerClient, prefix: str) -> None:
        self.address, self._client, self._prefix = address, client, prefix

    def objects(self, folder: str) -> Iterator[StoredObject]:
        prefix = f"{self._prefix}{folder}"
        with self._explained():
            for blob in self._client.list_blobs(name_starts_with=prefix, results_per_page=_PAGE):
                name = blob.name.removeprefix(self._prefix)
                yield StoredObject(name, blob.size, f"{blob.etag}", blob.last_modified)

    @contextmanager
    def read(self, found: StoredObject, start: int) -> Iterator[Iterator[bytes]]:
        with self._explained(found.name):
            yield self._client.download_blob(
                f"{self._prefix}{found.name}",
                offset=start,
                etag=found.tag,
                match_condition=MatchConditions.IfNotModified,
                # The parts are files that are compressed, whatever their header says.
                decompress=False,
            ).chunks()

    @contextmanager
    def _explained(self, name: str = "") -> Iterator[None]:
        """Errors of Azure as those of a bucket."""
        try:
            yield
        except ResourceModifiedError as error:
            raise ChangedError from error
        except AzureError as error:
            if isinstance(error, ResourceNotFoundError) and name and not is_of_container(error):
                raise ChangedError from error
            raise LoadError(sentence(error, self.address, name)) from error


def _place(location: str) -> _Place:
    found = _LOCATION.fullmatch(location)
    if not found:
        # What follows a question mark may be a signature.
        shown, _, query = location.partition("?")
        also = " without what follows the question mark" if query else ""
        form = "https://ACCOUNT.blob.core.windows.net/CONTAINER/PATH/EXPORT"
        raise LoadError(f"{shown} is no location in Blob Storage: write {form}{also}.")
    folder = unquote(found["path"] or "").strip("/")
    return _Place(found["endpoint"], found["account"], found["container"], f"{folder}/" if folder else "")


@contextmanager
def _opened(place: _Place, identity: Identity) -> Iterator[ContainerClient]:
    """A client by a connection string, of the identity or else of the environment, or by a credential."""
    retry = ExponentialRetry(initial_backoff=_BACKOFF, retry_total=_RETRIES, retry_status=_RETRIES)
    # Neither the first piece of a blob nor a later one is larger.
    options: dict[str, Any] = {
        "retry_policy": retry,
        "max_single_get_size": _CHUNK,
        "max_chunk_get_size": _CHUNK,
    }
    if (client := _by_connection_string(place, identity, options)) is not None:
        with client:
            yield client
        return
    with (
        credential(identity, OF_BLOBS) as opened,
        ContainerClient(place.endpoint, place.container, credential=opened, **options) as client,
    ):
        yield client


def _by_connection_string(
    place: _Place, identity: Identity, options: Mapping[str, Any]
) -> ContainerClient | None:
    if is_connection_string(identity):
        client = _client(identity.key, identity.reference, place, options)
        if client.account_name != place.account:
            raise LoadError(f"{identity.reference} is of another storage account than {place.account}.")
        return client
    told = os.environ.get(_CONNECTION_STRING) if identity == OWN else None
    if not told:
        return None
    client = _client(told, _CONNECTION_STRING, place, options)
    return client if client.account_name == place.account else None


def _client(told: str, name: str, place: _Place, options: Mapping[str, Any]) -> ContainerClient:
    try:
        return ContainerClient.from_connection_string(told, place.container, **options)
    except ValueError:
        # Without the cause, which may quote it.
        raise LoadError(f"{name} is no connection string: copy it again.") from None
