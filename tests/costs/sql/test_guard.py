from __future__ import annotations

import time
from pathlib import Path

import duckdb
import pytest

from costs.errors import InvalidQuestionError
from costs.sql.allowed import FUNCTIONS
from costs.sql.guard import MAX_CHARACTERS, TABLES, check

DATA = Path(__file__).with_name("data")


def lines(name: str) -> list[str]:
    """A statement a line; those of usual_duckdb are of a small table in the place of the charges."""
    return (DATA / f"{name}.txt").read_text().splitlines()


USUAL = lines("usual_duckdb")


@pytest.mark.parametrize("sql", lines("attacks_duckdb"))
def test_an_attack_on_duckdb_is_refused_before_it_runs(sql: str) -> None:
    with pytest.raises(InvalidQuestionError):
        check(sql.replace("\\n", "\n"), "duckdb")


@pytest.mark.parametrize("sql", lines("attacks_bigquery"))
def test_an_attack_on_bigquery_is_refused_before_it_runs(sql: str) -> None:
    with pytest.raises(InvalidQuestionError):
        check(sql, "bigquery")


@pytest.mark.parametrize(
    "sql",
    [
        "",
        ";",
        "hello",
        "SELECT",
        "SELECT 'x",
        "SELECT (1",
        "\x00",
        "SELECT 1 FROM",
        "(" * 5000,
        "SELECT " + "(" * 200 + "1" + ")" * 200,
        "SELECT " + "NOT " * 900 + "true",
        "SELECT " + "CASE WHEN 1 THEN " * 300 + "1",
        "SELECT a" + "[1]" * 1000,
        "SELECT " + "+".join("1" * 1) + "+1" * 2400,
        "SELECT 1" + " " * MAX_CHARACTERS,
        "SELECT " + "- " * 1200 + "1",
        "WITH a AS (" * 20 + "SELECT 1" + ") SELECT 1" * 20,
    ],
    ids=lambda sql: repr(sql[:20]),
)
def test_what_is_no_sql_or_nested_without_end_is_refused_at_once(sql: str) -> None:
    began = time.monotonic()
    try:
        check(sql, "duckdb")
    except InvalidQuestionError as error:
        assert len(error.message) < 500  # noqa: PT017  # some are only long
    assert time.monotonic() - began < 5


def test_a_refusal_names_what_is_wrong_and_what_may_be_sent() -> None:
    with pytest.raises(InvalidQuestionError) as caught:
        check("SELECT read_text('/etc/passwd')", "duckdb")

    assert caught.value.message == 'The function "read_text" is not allowed.'
    assert all(table in caught.value.hint for table in TABLES)


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("CREATE TABLE unified_costs (n DECIMAL(38, 18), s VARCHAR, d TIMESTAMPTZ, tags JSON)")
    rows = [
        ("1.000000000000000001", "a-b", "2026-10-01 05:00:00+00", '{"team": "x"}'),
        ("2.5", " b ", "2026-11-15 23:59:59+00", '{"a": {"b": "c"}}'),
        ("4", "a-b", "2027-01-03 00:00:00+00", None),
    ]
    connection.executemany("INSERT INTO unified_costs VALUES (?, ?, ?, ?)", rows)
    return connection


@pytest.mark.parametrize("written", USUAL)
def test_an_answer_is_the_same_as_it_was_asked_for_and_as_it_is_run(
    engine: duckdb.DuckDBPyConnection, written: str
) -> None:
    run = check(written, "duckdb").sql("duckdb", comments=False)

    assert engine.execute(run).fetchall() == engine.execute(written).fetchall()


def test_each_function_that_is_allowed_is_compared() -> None:
    used = {type(node) for sql in USUAL for node in check(sql, "duckdb").walk()}

    # These are of BigQuery's SQL only.
    others = {"JSONValue", "SafeDivide", "Date", "DateAdd", "DateSub", "TimestampAdd", "TimestampDiff"}
    others |= {"TimestampSub", "DateTrunc", "Quantile", "DayOfMonth", "TsOrDsToDate"}
    others |= {"CurrentTimestamp", "JSONExtract"}
    assert {kind.__name__ for kind in FUNCTIONS - used} <= others


@pytest.mark.parametrize("sql", lines("usual_bigquery"))
def test_usual_questions_to_bigquery_are_let_through(sql: str) -> None:
    assert check(sql, "bigquery").sql("bigquery")
