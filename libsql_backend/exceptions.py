"""The exception hierarchy of PEP 249, and the mapping of server errors to it."""

from __future__ import annotations


class Warning(Exception):  # noqa: A001, N818  named by PEP 249
    """Required by PEP 249; this driver never raises it."""


class Error(Exception):
    """The base class of all errors.

    Args:
        message: the server's error message, or ours.
        code: the error code, such as SQLITE_CONSTRAINT, or an empty string.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class InterfaceError(Error):
    """An unexpected response from the server, or a misuse of SQLite."""


class DatabaseError(Error):
    """An error in the database."""


class DataError(DatabaseError):
    """A value that SQLite or the protocol cannot represent."""


class OperationalError(DatabaseError):
    """An error of the server, the network or the SQL statement."""


class RequestRefusedError(OperationalError):
    """The server refused the whole request and executed no part of it."""


class IntegrityError(DatabaseError):
    """A violated constraint of the schema."""


class InternalError(DatabaseError):
    """An internal error of SQLite."""


class ProgrammingError(DatabaseError):
    """A misuse of the driver."""


class NotSupportedError(DatabaseError):
    """A feature that libSQL servers do not support."""


# Extended codes such as SQLITE_CONSTRAINT_UNIQUE start with their primary code.
_BY_CODE: tuple[tuple[str, type[Error]], ...] = (
    ("SQLITE_CONSTRAINT", IntegrityError),
    ("SQLITE_MISMATCH", IntegrityError),
    ("SQLITE_TOOBIG", DataError),
    ("SQLITE_CORRUPT", DatabaseError),
    ("SQLITE_NOTADB", DatabaseError),
    ("SQLITE_INTERNAL", InternalError),
    ("SQLITE_MISUSE", InterfaceError),
    ("SQL_MANY_STATEMENTS", ProgrammingError),
    ("SQL_NO_STATEMENT", ProgrammingError),
)
# For codes that many errors share, such as SQLITE_UNKNOWN and ARGS_INVALID.
_BY_MESSAGE: tuple[tuple[str, type[Error]], ...] = (
    ("constraint failed", IntegrityError),
    ("datatype mismatch", IntegrityError),
    ("too big", DataError),
    ("Arguments do not match", ProgrammingError),
)
_PREFIXES = ("SQLite error: ", "SQL input error: ")


def from_server(message: str, code: str) -> Error:
    """The exception for an error from the server, chosen by its code, then by its message."""
    for prefix in _PREFIXES:
        message = message.removeprefix(prefix)
    for prefix, kind in _BY_CODE:
        if code.startswith(prefix):
            return kind(message, code)
    for text, kind in _BY_MESSAGE:
        if text in message:
            return kind(message, code)
    return OperationalError(message, code)
