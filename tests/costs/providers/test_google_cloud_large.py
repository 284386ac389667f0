from __future__ import annotations

import gzip
import json
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costs.providers.google_cloud_rows import find
from tests.costs.loaded import session
from tests.costs.providers.bigquery_pages import PAGE
from tests.harness.ports import free_port

pytestmark = pytest.mark.slow
SECONDS, MEGABYTES = 60, 500


@contextmanager
def bigquery(rows: int) -> Iterator[str]:
    """A server with a month of so many rows."""
    port = free_port()
    command = [sys.executable, "-m", "tests.costs.providers.bigquery_pages", f"{port}", f"{rows}"]
    with subprocess.Popen(command) as server:  # noqa: S603 our own command
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("The server did not start.")


def fetching(url: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.costs.providers.bigquery_fetch", url, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 our own command


def fetched(url: str, folder: Path) -> dict[str, Any]:
    with fetching(url, folder) as process:
        told: dict[str, Any] = json.loads(process.communicate()[0])
    return told


def test_a_month_of_a_million_rows_is_copied_within_a_minute_of_cpu(tmp_path: Path) -> None:
    with bigquery(125 * PAGE) as url:
        took = fetched(url, tmp_path)

    assert took["rows"] == [1_000_000]
    assert took["seconds"] < SECONDS
    assert took["MB"] < MEGABYTES
    found = find("gcp-main", [tmp_path / "2026-10.json.gz"])
    assert found
    [delivery] = found.deliveries
    assert delivery.period == "2026-10"


def test_a_load_that_is_killed_at_any_moment_leaves_a_whole_month_or_none(tmp_path: Path) -> None:
    moments = random.Random(21)  # noqa: S311 no secret
    file = tmp_path / "2026-10.json.gz"
    killed = 0
    for rows in range(PAGE * 6, PAGE * 10, PAGE):
        with bigquery(rows) as url:
            before = _rows(file)
            process = fetching(url, tmp_path)
            time.sleep(moments.uniform(0.8, 3))
            killed += process.poll() is None
            process.kill()
            process.communicate()
            assert _rows(file) in (before, rows)
            assert fetched(url, tmp_path)["rows"] == [rows]
            assert _rows(file) == rows
    assert killed
    total = session().execute("select sum(cost::decimal(9, 3)) from read_json(?)", [str(file)]).fetchone()
    assert total == (Decimal("0.004") * 9 * PAGE,)


def _rows(file: Path) -> int:
    return len(gzip.decompress(file.read_bytes()).splitlines()) if file.exists() else 0
