from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.utils import ConnectionHandler
from pytest_django.plugin import DjangoDbBlocker

from libsql_backend import dbapi
from libsql_backend.base import DatabaseWrapper
from tests.harness.libsql_proxy import Proxy
from tests.harness.sqld import Sqld, binary

Connect = Callable[..., dbapi.Connection]


def database(url: str) -> dict[str, Any]:
    """An entry of Django's DATABASES setting for the server at `url`."""
    return {
        "ENGINE": "libsql_backend",
        "NAME": url,
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }


@pytest.fixture(scope="session")
def _sqld_program() -> None:
    binary()


@pytest.fixture(scope="session")
def shared_server(_sqld_program: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sqld]:
    with Sqld(tmp_path_factory.mktemp("shared")) as server:
        yield server


@pytest.fixture
def own_server(_sqld_program: None, tmp_path: Path) -> Iterator[Sqld]:
    """A server that the test may stop."""
    with Sqld(tmp_path) as server:
        yield server


@pytest.fixture
def proxy(shared_server: Sqld) -> Iterator[Proxy]:
    with Proxy(shared_server.port) as proxy:
        yield proxy


@pytest.fixture
def connect() -> Iterator[Connect]:
    """`dbapi.connect` with autocommit on; the connections are closed at the end of the test."""
    opened: list[dbapi.Connection] = []

    def open_connection(url: str, auth_token: str = "", **options: object) -> dbapi.Connection:
        connection = dbapi.connect(url, auth_token, **{"autocommit": True, **options})  # type: ignore[arg-type]
        opened.append(connection)
        return connection

    yield open_connection
    for connection in opened:
        connection.close()


@pytest.fixture
def connection(shared_server: Sqld, connect: Connect) -> dbapi.Connection:
    """A connection with an empty table `t (id, name)`."""
    connection = connect(shared_server.url)
    connection.execute("DROP TABLE IF EXISTS t")
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
    return connection


@pytest.fixture
def wrapper(shared_server: Sqld, django_db_blocker: DjangoDbBlocker) -> Iterator[DatabaseWrapper]:
    """A Django connection to the server, separate from the test suite's database."""
    wrapper = ConnectionHandler({"default": database(shared_server.url)})["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    with django_db_blocker.unblock():
        yield wrapper
        wrapper.close()
