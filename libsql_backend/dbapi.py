"""A DB-API 2.0 driver (PEP 249) for libSQL servers."""

from __future__ import annotations

from libsql_backend.connection import Connection
from libsql_backend.cursor import Cursor
from libsql_backend.exceptions import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004  named by PEP 249
)
from libsql_backend.hrana import Params
from libsql_backend.session import Converters
from libsql_backend.transport import Transport

__all__ = [
    "Binary",
    "Connection",
    "Converters",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "Params",
    "ProgrammingError",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]

apilevel = "2.0"
threadsafety = 1  # threads share the module, not a connection
paramstyle = "qmark"
Binary = bytes

DEFAULT_TIMEOUT = 20.0


def connect(
    url: str,
    auth_token: str = "",
    *,
    timeout: float = DEFAULT_TIMEOUT,
    autocommit: bool = False,
    converters: Converters | None = None,
) -> Connection:
    """Open a connection to the server at `url`. The first statement sends the first request.

    Args:
        url: http://HOST:PORT or https://HOST.
        auth_token: the server's token, or an empty string if it requires none.
        timeout: seconds to wait for each network operation.
        autocommit: if False (PEP 249's default), the first statement that writes begins a transaction.
        converters: functions that convert column values, by the column's declared type.
    """
    return Connection(Transport(url, auth_token, timeout), autocommit, converters or {})
