from __future__ import annotations

import contextlib
import sqlite3
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from pricing_site.database import SQLITE_INIT, from_url

TOKEN = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"


def test_a_file_is_opened_by_djangos_own_sqlite_backend(tmp_path: Path) -> None:
    entry = from_url("file:data/catalog.db", tmp_path)
    assert entry["ENGINE"] == "django.db.backends.sqlite3"
    assert entry["NAME"] == tmp_path / "data" / "catalog.db"
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert (tmp_path / "data").is_dir()


def test_a_new_file_and_the_files_beside_it_can_be_read_by_their_owner_only(tmp_path: Path) -> None:
    path = from_url("file:catalog.db", tmp_path)["NAME"]
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(SQLITE_INIT)
        database.execute("CREATE TABLE t (a)")

        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}

    assert modes == {"catalog.db": 0o600, "catalog.db-wal": 0o600, "catalog.db-shm": 0o600}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("libsql://prices-me.turso.io", "https://prices-me.turso.io"),
        ("https://db.example.com/", "https://db.example.com"),
        ("https://db.example.com:8443", "https://db.example.com:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_a_server_is_reached_over_http_with_the_token_apart_from_the_url(
    url: str, name: str, tmp_path: Path
) -> None:
    entry = from_url(url, tmp_path, TOKEN)
    assert (entry["ENGINE"], entry["NAME"], entry["PASSWORD"]) == ("libsql_backend", name, TOKEN)
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_self_hosted_server_needs_no_token(tmp_path: Path) -> None:
    assert from_url("http://127.0.0.1:8080", tmp_path)["PASSWORD"] == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:",
        "data/catalog.db",
        "postgres://db.example.com/prices",
        "libsql:",
        "libsql://",
        "wss://db.example.com",
        "http://db.example.com",
        "https://db.example.com:port",
        "https://db.example.com:99999",
        "https://db.example.com/v2",
        "https://[::1",
    ],
)
def test_an_unsupported_url_is_refused_with_the_accepted_forms(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL must be file:PATH, libsql://HOST"):
        from_url(url, tmp_path, TOKEN)


@pytest.mark.parametrize(
    "url",
    [
        f"libsql://db.example.com?authToken={TOKEN}",
        f"https://:{TOKEN}@db.example.com",
        f"https://{TOKEN}@db.example.com",
        f"http://127.0.0.1:8080#{TOKEN}",
    ],
)
def test_a_token_in_the_url_is_refused_and_not_repeated(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_AUTH_TOKEN") as refusal:
        from_url(url, tmp_path)
    assert TOKEN not in str(refusal.value)


@pytest.mark.parametrize("token", [f"Bearer {TOKEN}", f"{TOKEN}\n", f'"{TOKEN}"', f"{TOKEN}é"])
def test_a_token_with_invalid_characters_is_refused_and_not_repeated(token: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="invalid in a token") as refusal:
        from_url("libsql://db.example.com", tmp_path, token)
    assert TOKEN not in str(refusal.value)


def test_a_libsql_database_without_a_token_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_AUTH_TOKEN is empty"):
        from_url("libsql://db.example.com", tmp_path)


def test_a_refused_url_is_not_repeated_because_it_may_contain_a_token(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        from_url(f"libsql:/{TOKEN}", tmp_path)
    assert TOKEN not in str(refusal.value)
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None
