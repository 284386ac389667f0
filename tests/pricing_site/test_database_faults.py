"""Real faults of the database: each command says in a line what is wrong and what to do, and ends with 1."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import IntegrityError, OperationalError, ProgrammingError
from pytest_httpserver import HTTPServer

from pricing_site.database_faults import MAX_REASON, explain
from tests.harness import starter
from tests.harness.ports import free_port
from tests.harness.product import copy_database, install, over, serve
from tests.harness.small_disk import SmallDisk, small_disk
from tools.errors import is_database_fault

MIGRATE = f"Run: {settings.MANAGE_COMMAND} migrate"
SYNC = ("sync_catalog", "--source", "sample")
COMMANDS = [SYNC, ("issue_token", "ada", "--create"), ("local_account",), ("clear_expired",)]


def fault(url: str, *command: str) -> str:
    """The one line that a command prints before it ends with code 1."""
    [line] = failure(url, *command)
    return line


def failure(url: str, *command: str) -> list[str]:
    """The lines that a command prints to stderr before it ends with code 1."""
    run = starter.run(["manage.py", *(command or SYNC)], over(url).environment)
    assert (run.returncode, run.stdout) == (1, ""), run
    return run.stderr.splitlines()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A migrated database."""
    path = tmp_path / "catalog.db"
    copy_database(path)
    return path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_database_without_tables_is_to_be_migrated(tmp_path: Path, command: tuple[str, ...]) -> None:
    line = fault(f"file:{tmp_path}/new.db", *command)

    assert line == f"The database {tmp_path}/new.db lacks tables or columns. {MIGRATE}"


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of an older version."""
    path = tmp_path_factory.mktemp("older") / "old.db"
    over(f"file:{path}").manage("migrate", "catalog", "0004", "--verbosity", "0")
    return path


def test_a_database_of_an_older_version_is_to_be_migrated(older: Path) -> None:
    assert fault(f"file:{older}").endswith(f"lacks tables or columns. {MIGRATE}")


@pytest.mark.parametrize("command", [*COMMANDS, ("migrate",)], ids=lambda command: command[0])
def test_a_file_of_something_else_is_no_database(tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "random.db"
    path.write_bytes(b"not SQLite " * 500)

    line = fault(f"file:{path}", *command)

    assert line == (
        f"{path} is not a SQLite database, or it is damaged. "
        "Set DATABASE_URL to another file, or restore a backup."
    )


def test_a_folder_in_place_of_the_file_cannot_be_opened(tmp_path: Path) -> None:
    assert fault(f"file:{tmp_path}").startswith(f"The database {tmp_path} cannot be opened. Check that")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    line = fault(f"file:{tmp_path}/file/data/catalog.db")

    assert line.startswith(
        f"The folder of the database, {tmp_path}/file/data, cannot be made: Not a directory."
    )


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path, megabytes=2) as disk:
        yield disk


def test_a_full_disk_is_named(disk: SmallDisk) -> None:
    path = disk.path / "catalog.db"
    copy_database(path)
    (disk.path / "filler").write_bytes(b"x" * 200_000)

    *log, line = failure(f"file:{path}")

    assert line == f"The disk of the database {path} is full. Free some space, then try again."
    assert not any("Traceback" in entry for entry in log)


def test_a_file_that_cannot_be_written_is_read_only(disk: SmallDisk) -> None:
    path = disk.path / "catalog.db"
    copy_database(path)
    disk.make_read_only()

    line = fault(f"file:{path}")

    assert line == f"The database {path} is read-only. Let this user write the file and its folder."


@pytest.mark.slow
def test_a_locked_database_is_named_after_the_time_that_a_command_waits(database: Path) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")

        line = fault(f"file:{database}")

    assert line.startswith(f"The database {database} is locked by another process. Wait until that ends")


def test_a_server_that_is_away_is_named() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    assert fault(url) == (
        f"The libSQL server {url} cannot be reached. Check DATABASE_URL, and that the server is running."
    )


@pytest.mark.parametrize(
    ("status", "body"), [(200, "{}"), (501, "<html>" + "<p>no</p>" * 50), (200, "<html>")]
)
def test_a_server_of_something_else_is_named_without_its_answer(
    httpserver: HTTPServer, status: int, body: str
) -> None:
    httpserver.expect_request("/v3/pipeline").respond_with_data(body, status)
    httpserver.expect_request("/v2/pipeline").respond_with_data(body, status)
    url = httpserver.url_for("").rstrip("/").replace("localhost", "127.0.0.1")

    assert fault(url) == f"{url} does not answer like a libSQL server. Check DATABASE_URL."


def test_a_server_that_refuses_the_token_is_named(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v3/pipeline").respond_with_json({"error": "no"}, 401)
    url = httpserver.url_for("").rstrip("/").replace("localhost", "127.0.0.1")

    assert fault(url).startswith(f"The libSQL server {url} refuses the token. Set DATABASE_AUTH_TOKEN")


def test_json_says_what_is_wrong_with_the_database(tmp_path: Path) -> None:
    run = starter.run(["manage.py", *SYNC, "--json"], over(f"file:{tmp_path}/new.db").environment)

    assert run.returncode == 1
    assert json.loads(run.stdout) == {"status": "failed", "error": run.stderr.strip()}


def test_traceback_shows_where_the_fault_comes_from(tmp_path: Path) -> None:
    run = starter.run(["manage.py", *SYNC, "--traceback"], over(f"file:{tmp_path}/new.db").environment)

    assert run.returncode == 1
    assert run.stderr.startswith("Traceback")
    assert "no such table" in run.stderr


def test_another_fault_is_told_in_one_line_of_bounded_length() -> None:
    line = explain(OperationalError("parser\nstack\n" + "overflow " * 100))

    assert ": parser stack overflow" in line
    assert len(line) < MAX_REASON + 120


def test_mistakes_in_our_own_statements_are_not_called_faults_of_the_database() -> None:
    assert is_database_fault(OperationalError("database is locked"))
    assert not is_database_fault(IntegrityError("NOT NULL constraint failed"))
    assert not is_database_fault(ProgrammingError("Cannot operate on a closed cursor."))


@pytest.mark.django_db
def test_the_check_accepts_a_migrated_database() -> None:
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


def test_the_check_counts_the_missing_migrations(older: Path) -> None:
    url = f"file:{older}"
    run = starter.run(["manage.py", "check", "--database", "default"], over(url).environment)

    assert run.returncode == 1
    assert f"(pricing_site.E013) The database {older} lacks" in run.stderr
    assert f"HINT: {MIGRATE}" in run.stderr


def test_a_server_on_an_unmigrated_database_logs_and_shows_the_remedy(tmp_path: Path) -> None:
    log = tmp_path / "log"
    product = over(f"file:{tmp_path}/new.db")
    stale = {"sessionid": "of-another-server-on-this-host"}
    with serve(product, log):
        pages = [httpx2.get(product.url, cookies=cookies) for cookies in ({}, stale)]

    for page in pages:
        assert page.status_code == 503
        assert f"{settings.MANAGE_COMMAND} migrate" in page.text
        assert f"{settings.MANAGE_COMMAND} sync_catalog --source sample" in page.text
    assert re.search(rf"lacks \d{{2}} migrations\. {re.escape(MIGRATE)}", log.read_text())


def test_a_server_on_a_good_database_logs_nothing_about_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serve(install(tmp_path), log):
        pass

    assert "database" not in log.read_text()


def test_a_server_with_a_wrong_setting_ends_with_one_sentence(tmp_path: Path) -> None:
    environment = over(f"file:{tmp_path}/new.db", TOOL_CALLS_PER_MINUTE="abc").environment
    run = starter.run(["-m", "gunicorn", "-c", "gunicorn.conf.py"], environment)

    assert run.returncode == 3
    assert "TOOL_CALLS_PER_MINUTE must be a whole number of at least 0, not 'abc'." in run.stderr.splitlines()
    assert "Traceback" not in run.stderr
