"""The exception tree of PEP 249, and which of its members each failure of the server is."""

from __future__ import annotations


class Warning(Exception):  # noqa: A001, N818  PEP 249 gives the name
    """Something worth knowing happened; the statement ran."""


class Error(Exception):
    """The root of all that can go wrong.

    Args:
        message: what went wrong, in the server's words where it spoke.
        code: the server's code for it, such as SQLITE_CONSTRAINT; empty where it gave none.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class InterfaceError(Error):
    """The driver and the server do not understand each other."""


class DatabaseError(Error):
    """The database refused or failed."""


class DataError(DatabaseError):
    """A value that the database or the wire cannot hold."""


class OperationalError(DatabaseError):
    """Trouble with the server, the network or the statement's SQL."""


class RequestRefusedError(OperationalError):
    """The server refused a request as a whole: nothing of it was carried out."""


class IntegrityError(DatabaseError):
    """A constraint of the schema does not hold."""


class InternalError(DatabaseError):
    """SQLite found itself in disorder."""


class ProgrammingError(DatabaseError):
    """The driver was used wrongly."""


class NotSupportedError(DatabaseError):
    """A thing that a libSQL server cannot do."""


# Extended codes such as SQLITE_CONSTRAINT_UNIQUE begin with their primary code.
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
# Some failures come under a code that many share (SQLITE_UNKNOWN, ARGS_INVALID): their words tell.
_BY_MESSAGE: tuple[tuple[str, type[Error]], ...] = (
    ("constraint failed", IntegrityError),
    ("datatype mismatch", IntegrityError),
    ("too big", DataError),
    ("Arguments do not match", ProgrammingError),
)
_PREFIXES = ("SQLite error: ", "SQL input error: ")


def from_server(message: str, code: str) -> Error:
    """The exception for a failure that the server reports: by its code first, then by its words."""
    for prefix in _PREFIXES:
        message = message.removeprefix(prefix)
    for start, kind in _BY_CODE:
        if code.startswith(start):
            return kind(message, code)
    for words, kind in _BY_MESSAGE:
        if words in message:
            return kind(message, code)
    return OperationalError(message, code)
