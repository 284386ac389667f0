"""A real server while its disk is full or read-only, its worker is killed, or it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from pricing_site.database import FILE_SECONDS
from tests.harness.product import Product, install, serve
from tests.harness.small_disk import SmallDisk, small_disk

CLIENT = {"client_name": "x", "redirect_uris": ["http://127.0.0.1:1/callback"]}
START_SECONDS = 60


def call(product: Product, token: str, tool: str = "search", **arguments: Any) -> httpx2.Response:
    params = {"name": tool, "arguments": arguments}
    return httpx2.post(
        f"{product.url}/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"},
        timeout=60,
    )


def found(product: Product, token: str) -> int:
    """How many SKUs a search finds."""
    response = call(product, token, query="n2 core")
    assert response.status_code == 200
    return len(response.json()["result"]["structuredContent"]["skus"])


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("disk"), megabytes=16) as disk:
        yield disk


@pytest.fixture(scope="module")
def product(disk: SmallDisk) -> Iterator[Product]:
    product = install(disk.path, "sample")
    with serve(product, disk.path.parent / "log"):
        yield product


@pytest.fixture(scope="module")
def token(product: Product) -> str:
    return product.token("ada")


def test_prices_are_answered_from_a_full_disk(disk: SmallDisk, product: Product, token: str) -> None:
    expected = found(product, token)
    disk.fill()
    try:
        assert found(product, token) == expected > 0
        assert httpx2.get(f"{product.url}/search?q=n2+core").status_code == 200
        assert httpx2.get(f"{product.url}/readyz").status_code == 200
        refused = httpx2.post(f"{product.url}/oauth/register", json=CLIENT)
        # 429, because the limit by address could not be counted.
        assert (refused.status_code, refused.json()["error"]) == (429, "temporarily_unavailable")
    finally:
        disk.free()

    assert httpx2.post(f"{product.url}/oauth/register", json=CLIENT).status_code == 201


def test_a_database_file_that_goes_away_is_not_made_anew_and_is_read_again_when_it_is_back(
    tmp_path: Path,
) -> None:
    product = install(tmp_path, "sample")
    token = product.token("ada")
    away = tmp_path / "away"
    away.mkdir()
    with serve(product, tmp_path / "log"):
        expected = found(product, token)
        for file in tmp_path.glob("catalog.db*"):
            file.rename(away / file.name)
        deadline = time.monotonic() + START_SECONDS + FILE_SECONDS
        # Connections that are open read on for a while.
        while call(product, token, query="n2 core").status_code == 200 and time.monotonic() < deadline:
            time.sleep(0.5)
        assert call(product, token, query="n2 core").status_code == 503
        assert httpx2.get(f"{product.url}/readyz").status_code == 503
        assert not [*tmp_path.glob("catalog.db*")]
        for file in away.iterdir():
            file.rename(tmp_path / file.name)

        assert found(product, token) == expected


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    product = install(tmp_path, "sample")
    token = product.token("ada")
    with serve(product, tmp_path / "log") as server:
        expected = found(product, token)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        (worker,) = map(int, children)
        os.kill(worker, signal.SIGKILL)

        assert _eventually_found(product, token) == expected


def test_a_server_that_is_told_to_stop_answers_what_it_has_begun(tmp_path: Path) -> None:
    release = tmp_path / "release"
    product = install(tmp_path, "sample", HELD_UNTIL=str(release))
    token = product.token("ada")
    statuses: list[int] = []
    with serve(product, tmp_path / "log", "tests.harness.blocking_tool:application") as server:
        caller = threading.Thread(target=lambda: statuses.append(call(product, token, "block").status_code))
        caller.start()
        deadline = time.monotonic() + START_SECONDS
        while not [*tmp_path.glob("running-*")] and time.monotonic() < deadline:
            time.sleep(0.02)
        server.terminate()
        while is_listening(product) and time.monotonic() < deadline:
            time.sleep(0.02)
        release.touch()
        caller.join()

        assert statuses == [200]
        assert server.wait(timeout=30) == 0


def is_listening(product: Product) -> bool:
    try:
        httpx2.get(f"{product.url}/healthz")
    except httpx2.TransportError:
        return False
    return True


def _eventually_found(product: Product, token: str) -> int:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return found(product, token)
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
