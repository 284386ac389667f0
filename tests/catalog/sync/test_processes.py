"""Runs of sync_catalog as processes: a pipe in the place of a SKU list holds one up for as long as needed."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.catalog.wire import COMPUTE, STORAGE, wire_service, wire_sku
from tests.harness.databases import KINDS, open_database
from tests.harness.product import copy_database
from tests.harness.sync_processes import PATIENCE, start_sync, syncs, wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A price list of two services, the second of which cannot be read to its end."""
    folder = tmp_path / "prices"
    (folder / "skus").mkdir(parents=True)
    services = [wire_service(COMPUTE), wire_service(STORAGE)]
    (folder / "services.json").write_text(json.dumps({"services": services}))
    (folder / "skus" / f"{COMPUTE}.json").write_text(json.dumps({"skus": [wire_sku("A")]}))
    os.mkfifo(folder / "skus" / f"{STORAGE}.json")
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "catalog.db"
    copy_database(path)
    return path


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


@contextmanager
def held_up_sync(folder: Path, database: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that has written the first service and is waiting for the second."""
    with start_sync(folder, f"file:{database}") as process:
        try:
            wait_until(lambda: bool(rows(database, "SELECT sku_id FROM skus")))
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_run_with_a_message_and_keeps_the_finished_services(
    folder: Path, database: Path, number: signal.Signals
) -> None:
    with held_up_sync(folder, database) as process:
        process.send_signal(number)
        output, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert "Stopped. Finished services are kept." in output
    assert rows(database, "SELECT status, error_message, completed_at FROM pricing_updates") == [
        ("failed", "Interrupted.", None)
    ]
    assert rows(database, "SELECT sku_id FROM skus") == [("A",)]


def test_two_runs_do_not_overlap_and_the_lease_of_a_killed_one_expires(folder: Path, database: Path) -> None:
    with held_up_sync(folder, database) as first:
        with start_sync(folder, f"file:{database}") as second:
            output, _ = second.communicate(timeout=PATIENCE)
        assert second.returncode == 1
        assert "Sync 1 is running" in output
        first.kill()
    (folder / "skus" / f"{STORAGE}.json").unlink()

    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE pricing_updates SET heartbeat_at = datetime(heartbeat_at, '-1 hour')")
    with start_sync(folder, f"file:{database}") as third:
        third.communicate(timeout=PATIENCE)

    assert third.returncode == 0
    assert rows(database, "SELECT id, status FROM pricing_updates") == [(1, "failed"), (2, "completed")]


@pytest.mark.parametrize("kind", KINDS)
def test_one_of_many_runs_that_start_together_gets_the_lease(folder: Path, tmp_path: Path, kind: str) -> None:
    with open_database(kind, tmp_path) as shared, syncs(shared.url) as runs:
        pids = [runs.start(folder) for _ in range(8)]
        wait_until(lambda: sum(map(runs.is_running, pids)) == 1)
        (folder / "skus" / f"{STORAGE}.json").write_text('{"skus": []}')

        assert sorted(map(runs.exit_code, pids)) == [0, 1, 1, 1, 1, 1, 1, 1]
        assert shared.query("SELECT status FROM pricing_updates") == [("completed",)]
