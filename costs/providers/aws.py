"""AWS Data Exports in S3, copied to a folder that is read as aws_export.py says.

AWS writes the manifest of a month after its data files (docs.aws.amazon.com, "Understanding export
delivery"). So does the copy, and it deletes a manifest before it changes what that names: a month that has
its manifest is whole. Data files that are newer than their manifest are of a delivery that is being written.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from costs.errors import LoadError
from costs.identity import OWN, Identity
from costs.providers import aws_export
from costs.providers.aws_errors import code, explained
from costs.providers.aws_export import Manifest
from costs.providers.aws_session import session
from costs.providers.bucket import Bucket, ChangedError, StoredObject
from costs.providers.files import MAX_BYTES, MAX_FILES, MAX_MANIFEST
from costs.providers.folder import FolderSource
from costs.providers.look import MAX_LISTED, Look, Seen, newest
from costs.providers.mirror import Mirror, again_if_changed
from costs.providers.source import Delivery, Layout

# docs.aws.amazon.com, "General purpose bucket naming rules".
_LOCATION = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<path>/[^?#]*)?")
_ATTEMPTS = 3
_CHUNK = 1024**2
# Of each request, with waits of up to 1, 2, 4, 8 and 16 seconds between them.
_REQUESTS = 6
_CUT_OFF = (IncompleteReadError, ReadTimeoutError, ResponseStreamingError)
_GONE = frozenset({"NoSuchKey", "PreconditionFailed", "404", "412"})


def open_source(name: str, location: str, fetched: Path, identity: Identity = OWN) -> AwsSource:
    """Open an export in S3.

    Args:
        name: of the source.
        location: s3://BUCKET/PREFIX/EXPORT, the folder that has data/ and metadata/.
        fetched: the folder that it is copied to.
        identity: whose credentials it is read with.

    Raises:
        LoadError: the location is none of S3, or there are no credentials.
    """
    return AwsSource(name, S3Bucket(location, identity), fetched)


def look(location: str, identity: Identity = OWN) -> Look:
    """Look at an export in S3: list its manifests, and read the newest one.

    Raises:
        LoadError: it cannot be read, or is none.
    """
    bucket = S3Bucket(location, identity)
    manifests = {Path(each.name): each for each in islice(bucket.objects("metadata/"), MAX_LISTED)}
    latest = aws_export.newest([*manifests])
    if not latest:
        raise LoadError(_without_manifests(bucket))
    try:
        with bucket.read(manifests[latest[-1].path], 0) as chunks:
            next(iter(chunks), b"")
    except ChangedError as error:
        raise LoadError(f"AWS is writing {bucket.address}: check again in a moment.") from error
    return newest([Seen(each.period, manifests[each.path].modified) for each in latest])


def _without_manifests(bucket: Bucket) -> str:
    where = f"{bucket.address} has no metadata/BILLING_PERIOD=…/…-Manifest.json"
    return f"{where}: name the folder of an export that AWS has delivered."


class AwsSource(FolderSource):
    """The latest delivery of each month of an export.

    Args:
        name: of the source.
        bucket: the folder of the export.
        folder: the copy.
    """

    def __init__(self, name: str, bucket: Bucket, folder: Path) -> None:
        super().__init__(name, folder)
        self._bucket, self._folder = bucket, folder.resolve()

    def deliveries(self) -> Iterator[Delivery]:
        """The latest delivery of each month, oldest month first, from a copy that is up to date.

        Raises:
            LoadError: S3 cannot be read, or what it has is no export.
        """
        mirror = Mirror(self._bucket, self._folder)
        for attempt in again_if_changed(_ATTEMPTS):
            with attempt:
                months = self._months(mirror)
                self._fetch(mirror, months)
        whole = [each for each in months if mirror.has(each.manifest)]
        read = [*super().deliveries()] if whole else []
        self.notes = [*(_written_again(each) for each in whole if each.is_being_written), *self.notes]
        refused = [_being_written(self.name, each) for each in months if each not in whole]
        return iter(sorted([*read, *refused], key=lambda each: each.period))

    def _months(self, mirror: Mirror) -> Sequence[_Month]:
        manifests = {
            self._folder / each.name: each
            for each in self._bucket.objects("metadata/")
            if each.name.endswith("-Manifest.json")
        }
        latest = aws_export.newest([*manifests])
        if not latest:
            raise LoadError(_without_manifests(self._bucket))
        return [self._month(mirror, each, manifests[each.path]) for each in latest]

    def _month(self, mirror: Mirror, manifest: Manifest, stored: StoredObject) -> _Month:
        named = aws_export.named(manifest, self._body(mirror, stored))
        names = {f"{path.relative_to(self._folder)}" for path in named.values() if path}
        folder = os.path.commonpath([os.path.dirname(name) for name in names]) if names else ""  # noqa: PTH120
        found = self._bucket.objects(f"{folder}/") if names else ()
        return _Month(manifest.period, stored, names, [each for each in found if each.name in names])

    def _body(self, mirror: Mirror, stored: StoredObject) -> Mapping[str, Any]:
        """What a manifest says. Its copy is not written before those of the files that it names."""
        if stored.size > MAX_MANIFEST:
            raise LoadError(f"{self._bucket.address}/{stored.name} is too large for a manifest.")
        if mirror.has(stored):
            text = mirror.path(stored.name).read_bytes()
        else:
            with self._bucket.read(stored, 0) as chunks:
                text = b"".join(chunks)
        try:
            body = json.loads(text)
        except ValueError as error:
            raise LoadError(f"{self._bucket.address}/{stored.name} is not a manifest: {error}.") from error
        return body if isinstance(body, dict) else {}

    def _fetch(self, mirror: Mirror, months: Sequence[_Month]) -> None:
        self._refuse_too_large(months)
        for month in months:
            if not month.is_being_written:
                if not all(map(mirror.has, month.files)):
                    mirror.drop(month.manifest.name)
                mirror.fetch(month.files)
                mirror.fetch([month.manifest])
        whole = [each for each in months if mirror.has(each.manifest)]
        mirror.keep(name for month in whole for name in (month.manifest.name, *month.kept))

    def _refuse_too_large(self, months: Sequence[_Month]) -> None:
        sizes = [file.size for month in months for file in month.files]
        if len(sizes) > MAX_FILES or sum(sizes) > MAX_BYTES:
            most = f"{MAX_FILES:,} files or {MAX_BYTES // 1000**3} GB"
            raise LoadError(f"{self._bucket.address} is an export of more than {most}.")


@dataclass(frozen=True, slots=True)
class _Month:
    """A month of an export.

    Args:
        period: as 2026-10.
        manifest: the newest one.
        names: the files that it names.
        files: of these, those that are there.
    """

    period: str
    manifest: StoredObject
    names: AbstractSet[str]
    files: Sequence[StoredObject]

    @property
    def is_being_written(self) -> bool:
        done = self.manifest.modified
        return any(done and each.modified and each.modified > done for each in self.files)

    @property
    def kept(self) -> AbstractSet[str]:
        """The files that the copy keeps: of a month that is being written, all, if it has them."""
        return self.names if self.is_being_written else {each.name for each in self.files}


def _written_again(month: _Month) -> str:
    return f"{_newer(month)} What was delivered before stays until then."


def _being_written(source: str, month: _Month) -> Delivery:
    return Delivery(
        source, "aws", month.period, "", Layout.FOCUS_PARQUET, is_exclusive=True, problem=_newer(month)
    )


def _newer(month: _Month) -> str:
    return (
        f"AWS is writing {month.period}: its data files are newer than their manifest, which comes last. The "
        "next load reads it when it is whole."
    )


class S3Bucket:
    """The objects below a folder of a bucket (`Bucket`).

    Args:
        location: s3://BUCKET/PREFIX.
        identity: whose credentials it is read with.

    Raises:
        LoadError: the location is none, or the configuration of AWS cannot be read.
    """

    def __init__(self, location: str, identity: Identity = OWN) -> None:
        found = _LOCATION.fullmatch(location)
        if not found:
            raise LoadError(f"{location} is no location in S3: write s3://BUCKET/PREFIX/EXPORT.")
        folder = (found["path"] or "").strip("/")
        self.address, self._name = location.rstrip("/"), found["bucket"]
        self._prefix = f"{folder}/" if folder else ""
        with explained(self.address, ""):
            self._client = _client(self.address, session(identity))

    def objects(self, folder: str) -> Iterator[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2")
        with explained(self.address, f"s3:ListBucket on arn:aws:s3:::{self._name}"):
            for page in pages.paginate(Bucket=self._name, Prefix=f"{self._prefix}{folder}"):
                for each in page.get("Contents", ()):
                    name = each["Key"].removeprefix(self._prefix)
                    # The console makes objects that stand for folders.
                    if not name.endswith("/"):
                        yield StoredObject(name, each["Size"], each["ETag"], each["LastModified"])

    @contextmanager
    def read(self, found: StoredObject, start: int) -> Iterator[Iterator[bytes]]:
        where = f"arn:aws:s3:::{self._name}/{self._prefix}*"
        with explained(f"{self.address}/{found.name}", f"s3:GetObject on {where}"):
            yield self._chunks(found, start)

    def _chunks(self, found: StoredObject, start: int) -> Iterator[bytes]:
        """The content from a byte on. An answer that is cut off is asked for again from there."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with closing(self._opened(found, start)) as body:
                    for chunk in body.iter_chunks(_CHUNK):
                        start += len(chunk)
                        yield chunk
            except _CUT_OFF:
                if attempt == _ATTEMPTS:
                    raise
            if start >= found.size:
                return

    def _opened(self, found: StoredObject, start: int) -> Any:
        part = {"Range": f"bytes={start}-"} if start else {}
        try:
            answer = self._client.get_object(
                Bucket=self._name, Key=f"{self._prefix}{found.name}", IfMatch=found.tag, **part
            )
        except ClientError as error:
            if code(error) in _GONE:
                raise ChangedError from error
            raise
        return answer["Body"]


def _client(address: str, opened: boto3.session.Session) -> Any:
    retries = {"mode": "standard", "total_max_attempts": _REQUESTS}
    config = Config(retries=retries, connect_timeout=10, read_timeout=60)
    try:
        return opened.client("s3", config=config)
    except ValueError as error:
        raise LoadError(f"{address} cannot be read: AWS_ENDPOINT_URL is no address.") from error
