"""Copies a whole SQLite or libSQL database into an empty one, table by table, as it is.

What the two connections have in common is enough: `execute` and `executemany` with question marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

# Rows of a request: a few megabytes.
ROWS = 1000
_LOWEST_ROWID = -(2**63)
_ORDER = ("index", "view", "trigger")
# What is neither SQLite's own nor the server's.
_OURS = "name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE 'libsql~_%' ESCAPE '~'"


class Connection(Protocol):
    """A connection of sqlite3 or of libsql_backend."""

    def cursor(self) -> Any: ...


def copy(source: Connection, target: Connection) -> None:
    """Copy what `source` has, in the transactions that the two connections are in.

    Args:
        source: it is read in many statements, which see one state in a transaction only.
        target: it has no tables.
    """
    schema = f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND {_OURS} ORDER BY rowid"
    made = _rows(source, schema)
    virtual = {name: sql for _, name, sql in made if sql.upper().startswith("CREATE VIRTUAL")}
    kept = [each for each in made if not _is_shadow(each[1], virtual)]
    tables = [(name, sql) for kind, name, sql in kept if kind == "table" and name not in virtual]
    # All before any row: a server looks for the tables that a row refers to.
    for _, sql in tables:
        target.cursor().execute(sql)
    for name, _ in tables:
        _copy_rows(source, target, name)
    _copy_counters(source, target)
    for name, sql in virtual.items():
        target.cursor().execute(sql)
        if "USING FTS5(" in sql.upper():
            # Its words are read from its table again.
            target.cursor().execute(f'INSERT INTO "{name}" ("{name}") VALUES (\'rebuild\')')
    # Triggers last: they would do again what the rows have had done to them.
    others = [each for each in kept if each[0] != "table"]
    for _, _, sql in sorted(others, key=lambda each: _ORDER.index(each[0])):
        target.cursor().execute(sql)


def is_empty(connection: Connection) -> bool:
    """Whether there is no table."""
    return not _rows(connection, f"SELECT 1 FROM sqlite_master WHERE {_OURS} LIMIT 1")


def _is_shadow(name: str, virtual: dict[str, str]) -> bool:
    """Whether a table is part of a virtual one, which makes it itself."""
    return any(name.startswith(f"{each}_") for each in virtual)


def _copy_rows(source: Connection, target: Connection, table: str) -> None:
    for rows in _pages(source, table):
        places = ", ".join("?" * len(rows[0]))
        target.cursor().executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)


def _pages(source: Connection, table: str) -> Iterator[Sequence[tuple[Any, ...]]]:
    query = f'SELECT rowid, * FROM "{table}" WHERE rowid > ? ORDER BY rowid LIMIT {ROWS}'
    last = _LOWEST_ROWID
    while rows := _rows(source, query, (last,)):
        last = rows[-1][0]
        yield [row[1:] for row in rows]


def _copy_counters(source: Connection, target: Connection) -> None:
    """The highest ids that ever were, so that none is given twice."""
    target.cursor().execute("DELETE FROM sqlite_sequence")
    counters = _rows(source, "SELECT name, seq FROM sqlite_sequence")
    target.cursor().executemany("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", counters)


def _rows(connection: Connection, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.execute(sql, values)
    found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
