"""An AWS data export in a bucket, as AWS delivers it."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeKey, S3Backend, s3_backends

from tests.costs.providers.writers import Row, deliver_aws

BUCKET, PREFIX = "bucket", "billing/focus"
LOCATION = f"s3://{BUCKET}/{PREFIX}"


class Bucket:
    """The bucket of an export, new and empty; it is written to beside the client that is tested."""

    def __init__(self) -> None:
        self._backend.reset()
        self._backend.create_bucket(BUCKET, "us-east-1")

    def deliver(
        self,
        month: str,
        chunks: Mapping[str, Sequence[Row]],
        *,
        lost: Sequence[str] = (),
        prefix: str = PREFIX,
    ) -> None:
        """What AWS does: data files, of which some may get lost, and then the month's manifest."""
        with tempfile.TemporaryDirectory() as folder:
            manifest = deliver_aws(Path(folder), month, chunks)
            for name in {*chunks}.difference(lost):
                path = Path(folder, "focus", "data", f"BILLING_PERIOD={month}", name)
                self.put(f"{prefix}/data/BILLING_PERIOD={month}/{name}", path.read_bytes())
            self.put(f"{prefix}/metadata/BILLING_PERIOD={month}/{manifest.name}", manifest.read_bytes())

    def put(self, key: str, content: bytes = b"x") -> None:
        self._backend.put_object(BUCKET, key, content)

    def content(self, key: str) -> bytes:
        return bytes(self._backend.buckets[BUCKET].keys[key].value)

    def fill(self, prefix: str, count: int) -> None:
        """Put objects that nobody asks for."""
        for _ in range(count):
            self.put(f"{prefix}{secrets.token_hex(8)}.parquet")

    def delete(self, key: str) -> None:
        self._backend.delete_object(BUCKET, key)

    def date(self, part: str, seconds: int) -> None:
        """Move the time at which objects were written, of those with this part of a name."""
        for key in self._keys():
            if part in key.name:
                key.last_modified += timedelta(seconds=seconds)

    def copy_to(self, folder: Path) -> None:
        """A copy by hand, as `aws s3 sync` makes it."""
        for key in self._keys():
            path = folder / key.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(key.value)

    def _keys(self) -> list[FakeKey]:
        return [*self._backend.buckets[BUCKET].keys.values()]

    @property
    def _backend(self) -> S3Backend:
        return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
