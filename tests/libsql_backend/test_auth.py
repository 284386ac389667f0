"""Authentication against a libsql-server, which accepts JWTs signed with an Ed25519 key."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from libsql_backend import dbapi
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect

KEY = Ed25519PrivateKey.generate()


def token(access: str, key: Ed25519PrivateKey = KEY) -> str:
    return jwt.encode({"a": access}, key, algorithm="EdDSA")


@pytest.fixture(scope="module")
def guarded_server(_sqld_program: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    folder: Path = tmp_path_factory.mktemp("guarded")
    key_file = folder / "key.pem"
    key_file.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with Sqld(folder, None, "--auth-jwt-key-file", str(key_file)) as server:
        yield server


def test_a_valid_token_is_accepted(guarded_server: Sqld, connect: Connect) -> None:
    connection = connect(guarded_server.url, token("rw"))
    connection.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER)")
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)


@pytest.mark.parametrize(
    "wrong", ["", "not.a.token", token("rw", Ed25519PrivateKey.generate())], ids=["none", "broken", "forged"]
)
def test_a_missing_or_invalid_token_is_rejected_and_not_logged(
    guarded_server: Sqld, connect: Connect, wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(dbapi.OperationalError, match="401") as refusal:
        connect(guarded_server.url, wrong).execute("SELECT 1")
    if wrong:
        assert wrong not in str(refusal.value) + caplog.text


def test_a_read_only_token_can_read_but_not_write(guarded_server: Sqld, connect: Connect) -> None:
    connect(guarded_server.url, token("rw")).execute("CREATE TABLE IF NOT EXISTS t (id INTEGER)")
    connection = connect(guarded_server.url, token("ro"))
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    with pytest.raises(dbapi.OperationalError) as refusal:
        connection.execute("INSERT INTO t VALUES (1)")
    assert "403" in str(refusal.value) or "BLOCKED" in refusal.value.code
    assert connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
