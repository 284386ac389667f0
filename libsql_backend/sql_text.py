"""The parts of SQL text that the driver must recognize."""

from __future__ import annotations

import re

WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE"})
# WITH is missing because it may start an INSERT.
_READS = frozenset({"SELECT", "VALUES", "EXPLAIN", "PRAGMA"})

_FIRST_WORD = re.compile(r"(?:\s|;|--[^\n]*(?:\n|$)|/\*.*?\*/)*([A-Za-z]+)", re.DOTALL)
_SETS_PRAGMA = re.compile(r"\s*PRAGMA\s+[\w.]+\s*=", re.IGNORECASE)
_ROLLBACK_TO = re.compile(r"\s*ROLLBACK\s+(?:TRANSACTION\s+)?TO\b", re.IGNORECASE)


def keyword(sql: str) -> str:
    """The first word of `sql` after spaces and comments, in upper case, or an empty string."""
    found = _FIRST_WORD.match(sql)
    return found[1].upper() if found else ""


def is_read(sql: str) -> bool:
    """Whether `sql` is a read, which is safe to run twice."""
    return keyword(sql) in _READS


def is_rollback_to(sql: str) -> bool:
    """Whether a ROLLBACK statement is a ROLLBACK TO a savepoint."""
    return bool(_ROLLBACK_TO.match(sql))


def sets_pragma(sql: str) -> bool:
    """Whether `sql` is a PRAGMA that sets a value."""
    return bool(_SETS_PRAGMA.match(sql))


def savepoint_name(sql: str) -> str:
    """The name in a SAVEPOINT, RELEASE or ROLLBACK TO statement."""
    return sql.rstrip(" ;\n").split()[-1].strip("\"'`[]").lower()


def base_type(decltype: str | None) -> str:
    """A column's declared type without its size: `varchar(20)` is a `varchar`."""
    return re.split(r"[\s(]", decltype, maxsplit=1)[0].lower() if decltype else ""
