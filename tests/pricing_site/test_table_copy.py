from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from pricing_site import table_copy

SCHEMA = """
CREATE TABLE "child" (
    id INTEGER PRIMARY KEY AUTOINCREMENT, value ANY,
    of TEXT REFERENCES "parent" (name) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE "parent" (name TEXT PRIMARY KEY);
CREATE TABLE words (id INTEGER PRIMARY KEY, text TEXT);
CREATE INDEX child_of ON child (of);
CREATE VIRTUAL TABLE found USING fts5(text, content='words', content_rowid='id');
CREATE TRIGGER words_insert AFTER INSERT ON words BEGIN
    INSERT INTO found (rowid, text) VALUES (new.id, new.text);
END;
CREATE VIEW names AS SELECT name FROM parent;
"""
VALUES = [2**63 - 1, -(2**63), 0.1, "a\0b", "ä", b"\x00\xff", None, ""]


def database() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None)


@pytest.fixture
def source() -> Iterator[sqlite3.Connection]:
    with closing(database()) as connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO parent VALUES ('a')")
        connection.executemany(
            "INSERT INTO child (of, value) VALUES ('a', ?)", [(value,) for value in VALUES]
        )
        connection.executemany(
            "INSERT INTO words VALUES (?, ?)", [(-5, "low"), (7, "n2 core"), (9000, "ram")]
        )
        yield connection


def dump(connection: sqlite3.Connection) -> list[str]:
    """All but the index of words, which is made anew."""
    return sorted(line for line in connection.iterdump() if "found_" not in line and "PRAGMA" not in line)


def copied(source: sqlite3.Connection) -> sqlite3.Connection:
    target = database()
    target.execute("PRAGMA foreign_keys = ON")
    target.execute("BEGIN")
    table_copy.copy(source, target)
    target.execute("COMMIT")
    return target


def test_a_copy_has_every_value_index_trigger_and_view(source: sqlite3.Connection) -> None:
    with closing(copied(source)) as target:
        assert dump(target) == dump(source)
        assert [value for (value,) in target.execute("SELECT value FROM child ORDER BY id")] == VALUES
        assert target.execute("SELECT name FROM names").fetchall() == [("a",)]


def test_words_are_found_in_a_copy_as_before_and_new_ones_too(source: sqlite3.Connection) -> None:
    query = "SELECT rowid FROM found WHERE found MATCH ? ORDER BY rowid"

    with closing(copied(source)) as target:
        assert target.execute(query, ["core"]).fetchall() == [(7,)]
        target.execute("INSERT INTO words VALUES (8, 'core')")
        assert target.execute(query, ["core"]).fetchall() == [(7,), (8,)]


def test_a_number_of_a_deleted_row_is_not_given_again_in_a_copy(source: sqlite3.Connection) -> None:
    source.execute("DELETE FROM child WHERE id > 2")

    with closing(copied(source)) as target:
        target.execute("INSERT INTO child (of) VALUES ('a')")
        assert target.execute("SELECT max(id) FROM child").fetchone() == (len(VALUES) + 1,)


def test_more_rows_than_one_request_has_are_copied(
    source: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_copy, "ROWS", 3)

    with closing(copied(source)) as target:
        assert dump(target) == dump(source)


def test_a_database_is_empty_until_it_has_a_table() -> None:
    with closing(database()) as connection:
        assert table_copy.is_empty(connection)
        connection.execute("CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)")
        assert not table_copy.is_empty(connection)
