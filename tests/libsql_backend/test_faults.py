"""Failures of the server and the network: no partial writes, and no write wrongly reported as done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from libsql_backend import dbapi
from tests.harness.libsql_proxy import Fault, Proxy
from tests.harness.small_disk import small_disk
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect

CREATE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"
INSERT = "INSERT INTO t (name) VALUES (?)"
# Takes a second or more, enough time for a fault to occur meanwhile.
LONG_WRITE = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500000)
    INSERT INTO t (name) SELECT 'long' FROM numbers
"""


@pytest.fixture
def shared_server(own_server: Sqld) -> Sqld:
    """Not shared here, because an abandoned transaction would block the next test with its lock."""
    return own_server


def count(connection: dbapi.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM t").fetchone()
    assert row
    return int(row[0])


def test_a_server_killed_in_a_transaction_loses_all_of_it_and_every_statement_says_so(
    own_server: Sqld, connect: Connect
) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)
    connection.begin()
    connection.execute(INSERT, ["first"])
    own_server.kill()
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        connection.execute(INSERT, ["second"])
    own_server.start()
    for statement in ("INSERT INTO t (name) VALUES ('third')", "SELECT 1", "SAVEPOINT s1", "COMMIT"):
        with pytest.raises(dbapi.OperationalError, match="lost and nothing was committed"):
            connection.execute(statement)
    connection.rollback()
    assert count(connection) == 0


def test_a_server_restarted_during_a_transaction_rejects_the_rest_of_it(
    own_server: Sqld, connect: Connect
) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)
    connection.begin()
    connection.execute(INSERT, ["first"])
    own_server.kill()
    own_server.start()
    with pytest.raises(dbapi.OperationalError):
        connection.execute(INSERT, ["second"])
    connection.rollback()
    assert count(connection) == 0


def test_a_server_killed_during_a_write_stores_nothing_of_it(own_server: Sqld, connect: Connect) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)
    connection.execute(INSERT, ["before"])
    killer = threading.Timer(0.3, own_server.kill)
    killer.start()
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        connection.execute(LONG_WRITE)
    killer.join()
    own_server.start()
    assert count(connection) == 1


def test_a_server_killed_between_batches_of_executemany_stores_no_row(
    own_server: Sqld, connect: Connect
) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)

    def rows() -> Iterator[list[str]]:
        for number in range(3500):
            if number == 2500:
                own_server.kill()
            yield [f"row {number}"]

    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        connection.cursor().executemany(INSERT, rows())
    own_server.start()
    assert count(connection) == 0
    assert not connection.in_transaction


def test_a_restart_while_the_connection_is_idle_goes_unnoticed(own_server: Sqld, connect: Connect) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)
    own_server.kill()
    own_server.start()
    connection.execute(INSERT, ["after the restart"])
    assert count(connection) == 1


def test_a_stopped_server_is_an_error_until_it_is_back(own_server: Sqld, connect: Connect) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)
    own_server.kill()
    for statement in ("SELECT 1", "INSERT INTO t (name) VALUES ('lost')"):
        with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
            connection.execute(statement)
    own_server.start()
    assert count(connection) == 0


def test_a_timeout_loses_the_whole_transaction(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    slow = connect(proxy.url, timeout=0.3)
    slow.begin()
    slow.execute(INSERT, ["first"])
    proxy.fault = lambda _: Fault(delay=1.0)
    with pytest.raises(dbapi.OperationalError, match="did not respond"):
        slow.execute(INSERT, ["second"])
    proxy.fault = lambda _: Fault()
    with pytest.raises(dbapi.OperationalError, match="nothing was committed"):
        slow.commit()
    slow.rollback()
    assert count(connection) == 0


@pytest.mark.parametrize(
    ("fault", "kept"),
    [(Fault(drop="before"), 0), (Fault(drop="after"), 1), (Fault(status=502), 0), (Fault(status=200), 0)],
    ids=["dropped before", "dropped after", "bad gateway", "another page"],
)
def test_a_commit_without_a_response_is_reported_as_unknown(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect, fault: Fault, kept: int
) -> None:
    proxied = connect(proxy.url)
    proxied.begin()
    proxied.execute(INSERT, ["a"])
    proxy.fault = lambda _: fault
    with pytest.raises(dbapi.OperationalError, match="may or may not have been committed"):
        proxied.commit()
    assert not proxied.in_transaction
    assert count(connection) == kept


def test_a_token_that_expires_in_a_transaction_loses_all_of_it(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    proxied = connect(proxy.url)
    proxied.begin()
    proxied.execute(INSERT, ["first"])
    proxy.fault = lambda _: Fault(status=401)
    with pytest.raises(dbapi.OperationalError, match="rejected the token"):
        proxied.execute(INSERT, ["second"])
    proxy.fault = lambda _: Fault()
    with pytest.raises(dbapi.OperationalError, match="nothing was committed"):
        proxied.execute(INSERT, ["third"])
    proxied.rollback()
    assert count(connection) == 0


def test_a_commit_that_the_server_refuses_is_reported_as_lost(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    proxied = connect(proxy.url)
    proxied.begin()
    proxied.execute(INSERT, ["a"])
    proxy.fault = lambda _: Fault(status=401)
    with pytest.raises(dbapi.OperationalError, match=r"nothing was committed.*rejected the token"):
        proxied.commit()
    assert count(connection) == 0


def test_a_truncated_large_result_loses_its_transaction(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    proxied = connect(proxy.url)
    proxied.begin()
    proxied.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
        " INSERT INTO t SELECT i, i || hex(zeroblob(500)) FROM n"
    )
    proxy.fault = lambda body: Fault(drop="" if '"requests"' in body else "after")
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        proxied.execute("SELECT name FROM t")
    with pytest.raises(dbapi.OperationalError, match="nothing was committed"):
        proxied.commit()
    proxied.rollback()
    assert count(connection) == 0


def test_two_concurrent_writers_take_turns(
    connection: dbapi.Connection, shared_server: Sqld, connect: Connect
) -> None:
    connection.execute("INSERT INTO t VALUES (1, '0')")

    def increment() -> None:
        own = connect(shared_server.url)
        for _ in range(25):
            own.begin()
            [value] = own.execute("SELECT name FROM t WHERE id = 1").fetchone() or ()
            own.execute("UPDATE t SET name = ? WHERE id = 1", [str(int(value) + 1)])
            own.commit()

    _run_concurrently(increment, increment)
    assert connection.execute("SELECT name FROM t").fetchall() == [("50",)]


def test_a_writer_that_holds_the_lock_too_long_loses_its_transaction_to_the_next_writer(
    connection: dbapi.Connection, shared_server: Sqld, connect: Connect
) -> None:
    """The server revokes the lock after 5 s; later statements of its writer must not commit by themselves."""
    slow, quick = connect(shared_server.url), connect(shared_server.url)
    slow.begin()
    slow.execute(INSERT, ["slow 1"])
    quick.begin()
    quick.execute(INSERT, ["quick"])
    with pytest.raises(dbapi.OperationalError, match="timed out"):
        slow.execute(INSERT, ["slow 2"])
    with pytest.raises(dbapi.OperationalError, match="nothing was committed"):
        slow.execute(INSERT, ["slow 3"])
    quick.commit()
    slow.rollback()
    assert connection.execute("SELECT name FROM t").fetchall() == [("quick",)]


def test_a_write_is_not_executed_if_begin_fails(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    """BEGIN fails if the database is busy; the statement after it must not run outside a transaction."""
    proxied = connect(proxy.url)
    proxied.begin("BEGIN NONSENSE")
    with pytest.raises(dbapi.OperationalError, match="could not be parsed"):
        proxied.execute(INSERT, ["a"])
    assert len(proxy.requests) == 1
    proxied.rollback()
    assert count(connection) == 0


def test_a_reader_during_a_long_write_sees_the_state_before_it(own_server: Sqld, connect: Connect) -> None:
    reader = connect(own_server.url)
    reader.execute(CREATE)
    reader.execute(INSERT, ["before"])
    seen: list[int] = []

    def read() -> None:
        time.sleep(0.2)
        seen.extend(count(reader) for _ in range(5))

    _run_concurrently(lambda: connect(own_server.url).execute(LONG_WRITE), read)
    assert seen == [1] * 5
    assert count(reader) == 1500001


def _run_concurrently(*functions: Callable[[], object]) -> None:
    errors: list[BaseException] = []

    def collect_error(function: Callable[[], object]) -> None:
        try:
            function()
        except BaseException as error:  # noqa: BLE001  raised below in the test's thread
            errors.append(error)

    threads = [threading.Thread(target=collect_error, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, megabytes=16) as disk:
        yield disk.path


@pytest.mark.usefixtures("_sqld_program")
def test_a_full_disk_loses_the_transaction_and_no_earlier_data(disk: Path, connect: Connect) -> None:
    with Sqld(disk) as server:
        connection = connect(server.url)
        connection.execute(CREATE)
        connection.execute(INSERT, ["before"])
        connection.begin()
        with pytest.raises(dbapi.OperationalError, match="disk"):  # noqa: PT012  several rows fill the disk
            for _ in range(100):
                connection.execute("INSERT INTO t (name) VALUES (hex(zeroblob(500000)))")
        connection.rollback()
        assert connection.execute("SELECT name FROM t").fetchall() == [("before",)]
