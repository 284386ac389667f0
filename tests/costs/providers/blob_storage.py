"""An export in a Blob Storage of its own, and what stands before it and may fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from azure.storage.blob import ContainerClient, ContainerSasPermissions, generate_container_sas
from werkzeug import Request, Response

from tests.costs.providers.writers import Row, deliver_azure
from tests.harness.azurite import ACCOUNT, KEY, Azurite
from tests.harness.http_server import serve

EXPORT = "exports/daily-focus"
# What a proxy does not pass on.
_OF_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding"})


class Front:
    """Passes on what comes to azurite, unless `fault` answers it.

    Args:
        azurite: what is behind it.
    """

    def __init__(self, azurite: Azurite) -> None:
        self._azurite = azurite
        self.port = 0
        self._behind = f"http://127.0.0.1:{azurite.port}"
        # Answers a request instead, or does something before it is passed on.
        self.fault: Callable[[Request], Response | None] = lambda _: None
        # The names of the blobs that were asked for, with the byte that each began at.
        self.reads: list[tuple[str, int]] = []
        self.lists = 0

    def handle(self, request: Request) -> Response:
        if name := blob_of(request):
            start = request.headers.get("x-ms-range", "bytes=0-").removeprefix("bytes=")
            self.reads.append((name, int(start.partition("-")[0])))
        else:
            self.lists += 1
        return self.fault(request) or self.forward(request)

    def forward(self, request: Request) -> Response:
        answer = requests.request(
            request.method,
            self._behind + request.environ["RAW_URI"],
            headers={name: value for name, value in request.headers if name.lower() not in _OF_CONNECTION},
            stream=True,
            timeout=30,
        )
        headers = [pair for pair in answer.headers.items() if pair[0].lower() not in _OF_CONNECTION]
        return Response(answer.raw.read(decode_content=False), answer.status_code, headers)

    def connection_string(self, secret: str = f"AccountKey={KEY}") -> str:
        """How a client finds and opens it; the secret may be a SharedAccessSignature."""
        return self._azurite.connection_string(self.port, secret)

    def names(self) -> list[str]:
        """The blobs that were asked for, each once."""
        return sorted({name for name, _ in self.reads})

    def forget(self) -> None:
        self.reads, self.lists = [], 0


def blob_of(request: Request) -> str:
    """The name of the blob that is asked for, below the export; "" if it is a list."""
    return unquote(urlsplit(request.environ["RAW_URI"]).path).partition(f"/{EXPORT}/")[2]


def refused(status: int, code: str) -> Response:
    """An answer of Blob Storage that refuses a request."""
    body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>No.</Message></Error>'
    return Response(body, status, {"x-ms-error-code": code, "Content-Type": "application/xml"})


@contextmanager
def before(azurite: Azurite) -> Iterator[Front]:
    front = Front(azurite)
    with serve(front.handle) as server:
        front.port = server.port
        yield front


class Export:
    """An export in a container of its own.

    Args:
        container: the container.
        folder: the same, copied by hand.
    """

    def __init__(self, container: ContainerClient, folder: Path) -> None:
        self.container, self.folder = container, folder
        self._uploaded: dict[Path, bytes] = {}
        container.create_container()

    @property
    def location(self) -> str:
        return f"https://{ACCOUNT}.blob.core.windows.net/{self.container.container_name}/{EXPORT}"

    @property
    def copied(self) -> Path:
        """The folder of the export, copied by hand."""
        return self.folder / EXPORT

    def run(
        self, month: str, submitted: str, parts: Sequence[Sequence[Row]], *, run: str = "run", **changes: Any
    ) -> Path:
        """A run of the export; the path of its manifest in the copy."""
        manifest = deliver_azure(self.folder, month, submitted, parts, run=run, **changes)
        self.upload()
        return manifest

    def upload(self) -> None:
        """Bring the copy's new files and contents into the container."""
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and self._uploaded.get(path) != (content := path.read_bytes()):
                self.container.upload_blob(self.name(path), content, overwrite=True)
                self._uploaded[path] = content

    def copy_by_hand(self, name: str, content: bytes) -> None:
        """Bring a blob of the container into the copy."""
        path = self.folder / name
        path.write_bytes(content)
        self._uploaded[path] = content

    def delete(self, *paths: Path) -> None:
        """Delete files of the copy from the container and the copy."""
        for path in paths:
            self.container.delete_blob(self.name(path))
            path.unlink()

    def name(self, path: Path) -> str:
        """The name of the blob that a file of the copy is of."""
        return path.relative_to(self.folder).as_posix()

    def signature(self, permission: str, seconds: float = 60) -> str:
        """A secret that lets its bearer into the container for so long: r reads, l lists."""
        now = datetime.now(UTC)
        signature = generate_container_sas(
            ACCOUNT,
            self.container.container_name,
            account_key=KEY,
            permission=ContainerSasPermissions.from_string(permission),
            expiry=now + timedelta(seconds=seconds),
            start=now - timedelta(minutes=1),
        )
        return f"SharedAccessSignature={signature}"
