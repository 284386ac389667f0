"""Converts DATABASE_URL and DATABASE_AUTH_TOKEN to Django's DATABASES entry."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# WAL lets readers continue while the sync writes; NORMAL can lose only the latest commits in a power failure.
SQLITE_INIT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"

# A connection reads its file on when another one has taken its place, such as a backup that was restored.
FILE_SECONDS = 30

_ACCEPTED_FORMS = (
    "DATABASE_URL must be file:PATH, libsql://HOST, https://HOST or http://HOST:PORT, "
    "for example file:data/catalog.db or libsql://prices-me.turso.io."
)
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+")  # RFC 6750 section 2.1


def from_url(url: str, base_dir: Path, auth_token: str = "") -> dict[str, Any]:
    """The DATABASES entry for `url`.

    Args:
        url: `file:PATH`, with PATH relative to `base_dir`, or a libSQL server as `libsql://HOST`,
            `https://HOST` or `http://HOST:PORT`.
        base_dir: the project's folder.
        auth_token: the server's token.

    Raises:
        ImproperlyConfigured: the URL is not supported, or the token is missing or malformed. The message
            never contains the token or the URL, which could contain a token.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "file" and rest:
        return _file(base_dir / rest.removeprefix("//"))
    return _server(_server_parts(url), auth_token)


def _file(path: Path) -> dict[str, Any]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The folder of the database, {path.parent}, cannot be made: {error.strerror}. Set DATABASE_URL."
        ) from error
    if not path.exists():
        # It contains sessions and personal data. SQLite gives its -wal and -shm files the same mode. Whoever
        # opens the database is told if the file cannot be made.
        with contextlib.suppress(OSError):
            path.touch(mode=0o600)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": FILE_SECONDS,
        "OPTIONS": {
            # In place of NAME: a file that has gone away is an error, not a new and empty database.
            "database": f"file:{quote(str(path))}?mode=rw",
            "init_command": SQLITE_INIT,
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }


def _server(parts: SplitResult, auth_token: str) -> dict[str, Any]:
    if parts.scheme == "libsql" and not auth_token:
        raise ImproperlyConfigured("DATABASE_AUTH_TOKEN is empty, but a libsql:// database requires it.")
    if auth_token and not _TOKEN.fullmatch(auth_token):
        raise ImproperlyConfigured("DATABASE_AUTH_TOKEN contains characters that are invalid in a token.")
    scheme = "https" if parts.scheme == "libsql" else parts.scheme
    return {
        "ENGINE": "libsql_backend",
        "NAME": f"{scheme}://{parts.netloc}",
        "PASSWORD": auth_token,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }


def _server_parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError:
        raise ImproperlyConfigured(_ACCEPTED_FORMS) from None
    if parts.scheme not in ("libsql", "https", "http") or not parts.hostname:
        raise ImproperlyConfigured(_ACCEPTED_FORMS)
    if parts.username is not None or parts.query or parts.fragment:
        raise ImproperlyConfigured("DATABASE_URL must not contain the token: set it in DATABASE_AUTH_TOKEN.")
    if parts.path.strip("/") or (parts.scheme == "http" and not has_port):
        raise ImproperlyConfigured(_ACCEPTED_FORMS)
    return parts
