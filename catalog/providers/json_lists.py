"""Price lists that are published as JSON: over HTTP without credentials, or from copies in a folder."""

from __future__ import annotations

import gzip
import json
import zlib
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3 import Retry

from catalog.errors import SourceError

CONNECT_SECONDS, READ_SECONDS = 10, 60
# The largest file of AWS's models has some 5 MB.
MAX_BYTES = 128 * 1024 * 1024
_BUSY = (429, 500, 502, 503, 504)
_RETRY = Retry(
    total=5,
    connect=1,
    status_forcelist=_BUSY,
    backoff_factor=1,
    backoff_max=30,
    backoff_jitter=1,
    retry_after_max=60,
    raise_on_status=False,
)


class JsonList(Protocol):
    """A price list in JSON. `name` is recorded with the run: api or folder."""

    @property
    def name(self) -> str: ...

    def read(self, address: str) -> Any:
        """The content of an address, relative to that of the list; numbers as Decimal.

        Raises:
            SourceError: it cannot be read.
        """
        ...


class HttpList:
    """The list at `base`. Nothing is read from another host, whatever the list itself says."""

    name = "api"

    def __init__(self, base: str, retry: Retry = _RETRY) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "cloud-pricing"
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def close(self) -> None:
        self._session.close()

    def read(self, address: str) -> Any:
        url = urljoin(self._base, address)
        if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
            raise SourceError(f"The list leads to another host, {urlsplit(url).netloc}, which is not read.")
        try:
            with self._session.get(
                url, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False, stream=True
            ) as answer:
                return parse(_body(answer, url), url)
        except RequestException as error:
            host = urlsplit(url).netloc
            raise SourceError(
                f"{host} cannot be reached, so check the network: {type(error).__name__}.", retryable=True
            ) from error


def _body(answer: requests.Response, url: str) -> bytes:
    if answer.status_code != requests.codes.ok:
        busy = answer.status_code in _BUSY
        raise SourceError(f"{url} answered HTTP {answer.status_code}.", retryable=busy)
    found = bytearray()
    for chunk in answer.iter_content(1024 * 1024):
        found += chunk
        if len(found) > MAX_BYTES:
            raise SourceError(f"{url} has more than {MAX_BYTES // 1024**2} MB, which no price list has.")
    return bytes(found)


class FolderList:
    """Saved copies: a file at the path of its address, which may be compressed (.gz)."""

    name = "folder"

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()

    def read(self, address: str) -> Any:
        path = (self._path / address.lstrip("/")).resolve()
        # An address comes from a file of the folder and must not lead out of it.
        if not path.is_relative_to(self._path):
            raise SourceError(f"{address} leads out of {self._path}.")
        try:
            body = _bytes(path)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{path} cannot be read: {error}.") from error
        return parse(body, f"{path}")


def _bytes(path: Path) -> bytes:
    compressed = path.with_name(f"{path.name}.gz")
    if compressed.exists() and not path.exists():
        return gzip.decompress(compressed.read_bytes())
    return path.read_bytes()


def parse(body: bytes, name: str) -> Any:
    """The JSON of `body`; a number is exactly what the list writes.

    Raises:
        SourceError: it is no JSON.
    """
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{name} is not JSON: {error}.") from error
