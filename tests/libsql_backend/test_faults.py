"""What breaks while a libSQL server is in use: nothing may be lost, half there, or reported as done."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from libsql_backend import dbapi
from tests.harness.libsql_proxy import Fault, Proxy
from tests.harness.needs import skip_or_fail
from tests.harness.sqld import Sqld
from tests.libsql_backend.conftest import Connect

CREATE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"
INSERT = "INSERT INTO t (name) VALUES (?)"
# Takes a second or more, so that something can happen meanwhile.
LONG_WRITE = """
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500000)
    INSERT INTO t (name) SELECT 'long' FROM numbers
"""


@pytest.fixture
def shared_server(own_server: Sqld) -> Sqld:
    """Not shared here: an abandoned transaction would keep the next test waiting for its lock."""
    return own_server


def count(connection: dbapi.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM t").fetchone()
    assert row
    return int(row[0])


def test_a_server_killed_in_a_transaction_loses_all_of_it_and_says_so(
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


def test_a_server_restarted_within_a_transaction_does_not_take_the_rest_of_it(
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


def test_a_server_killed_while_it_writes_leaves_nothing_half_there(
    own_server: Sqld, connect: Connect
) -> None:
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


def test_a_server_killed_between_the_portions_of_a_batch_keeps_none_of_its_rows(
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


def test_a_server_restarted_while_idle_is_not_noticed(own_server: Sqld, connect: Connect) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)
    own_server.kill()
    own_server.start()
    connection.execute(INSERT, ["after the restart"])
    assert count(connection) == 1


def test_a_server_that_is_down_is_reported_until_it_is_back(own_server: Sqld, connect: Connect) -> None:
    connection = connect(own_server.url)
    connection.execute(CREATE)
    own_server.kill()
    for statement in ("SELECT 1", "INSERT INTO t (name) VALUES ('lost')"):
        with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
            connection.execute(statement)
    own_server.start()
    assert count(connection) == 0


def test_a_slow_server_loses_the_transaction_and_not_half_of_it(
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
    ids=["hung up before", "hung up after", "bad gateway", "another page"],
)
def test_a_commit_without_an_answer_is_reported_as_unknown(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect, fault: Fault, kept: int
) -> None:
    through = connect(proxy.url)
    through.begin()
    through.execute(INSERT, ["a"])
    proxy.fault = lambda _: fault
    with pytest.raises(dbapi.OperationalError, match="may or may not have been committed"):
        through.commit()
    assert not through.in_transaction
    assert count(connection) == kept


def test_a_token_that_ends_in_a_transaction_loses_all_of_it(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    through = connect(proxy.url)
    through.begin()
    through.execute(INSERT, ["first"])
    proxy.fault = lambda _: Fault(status=401)
    with pytest.raises(dbapi.OperationalError, match="rejected the token"):
        through.execute(INSERT, ["second"])
    proxy.fault = lambda _: Fault()
    with pytest.raises(dbapi.OperationalError, match="nothing was committed"):
        through.execute(INSERT, ["third"])
    through.rollback()
    assert count(connection) == 0


def test_a_commit_that_the_server_refuses_is_reported_as_lost(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    through = connect(proxy.url)
    through.begin()
    through.execute(INSERT, ["a"])
    proxy.fault = lambda _: Fault(status=401)
    with pytest.raises(dbapi.OperationalError, match=r"nothing was committed.*rejected the token"):
        through.commit()
    assert count(connection) == 0


def test_a_large_result_that_breaks_off_loses_its_transaction(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    through = connect(proxy.url)
    through.begin()
    through.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)"
        " INSERT INTO t SELECT i, i || hex(zeroblob(500)) FROM n"
    )
    proxy.fault = lambda body: Fault(drop="" if '"requests"' in body else "after")
    with pytest.raises(dbapi.OperationalError, match="cannot be reached"):
        through.execute("SELECT name FROM t")
    with pytest.raises(dbapi.OperationalError, match="nothing was committed"):
        through.commit()
    through.rollback()
    assert count(connection) == 0


def test_two_writers_at_once_take_turns(
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

    _together(increment, increment)
    assert connection.execute("SELECT name FROM t").fetchall() == [("50",)]


def test_a_writer_that_holds_the_lock_too_long_loses_its_transaction_to_the_next(
    connection: dbapi.Connection, shared_server: Sqld, connect: Connect
) -> None:
    """The server takes the lock away after 5 s; what the first sends then must not commit by itself."""
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


def test_a_writer_that_cannot_begin_writes_nothing(
    connection: dbapi.Connection, proxy: Proxy, connect: Connect
) -> None:
    """As where BEGIN fails because the database is busy: the statement behind it must not run alone."""
    through = connect(proxy.url)
    through.begin("BEGIN NONSENSE")
    with pytest.raises(dbapi.OperationalError, match="could not be parsed"):
        through.execute(INSERT, ["a"])
    assert len(proxy.requests) == 1
    through.rollback()
    assert count(connection) == 0


def test_a_reader_during_a_long_write_sees_what_was_there_before(own_server: Sqld, connect: Connect) -> None:
    reader = connect(own_server.url)
    reader.execute(CREATE)
    reader.execute(INSERT, ["before"])
    seen: list[int] = []

    def read() -> None:
        time.sleep(0.2)
        seen.extend(count(reader) for _ in range(5))

    _together(lambda: connect(own_server.url).execute(LONG_WRITE), read)
    assert seen == [1] * 5
    assert count(reader) == 1500001


def _together(*works: Callable[[], object]) -> None:
    errors: list[BaseException] = []

    def guarded(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  raised below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in errors:
        raise error


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True)  # noqa: S603
    if mounted.returncode:
        skip_or_fail("a full disk needs a small file system: run as root where tmpfs may be mounted")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607


@pytest.mark.usefixtures("_sqld_program")
def test_a_full_disk_loses_the_transaction_and_nothing_that_was_there(
    small_disk: Path, connect: Connect
) -> None:
    with Sqld(small_disk) as server:
        connection = connect(server.url)
        connection.execute(CREATE)
        connection.execute(INSERT, ["before"])
        connection.begin()
        with pytest.raises(dbapi.OperationalError, match="disk"):  # noqa: PT012  it takes some rows
            for _ in range(100):
                connection.execute("INSERT INTO t (name) VALUES (hex(zeroblob(500000)))")
        connection.rollback()
        assert connection.execute("SELECT name FROM t").fetchall() == [("before",)]
