"""Calls while another process writes to the database, as each transaction of a sync does."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.harness.product import Product, install, serve

RECORD_SECONDS = 30


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    product = install(tmp_path, "sample")
    with serve(product, tmp_path / "server.log"):
        yield product


def test_calls_are_answered_while_a_writer_holds_the_database(product: Product, tmp_path: Path) -> None:
    tokens = [product.token(f"person-{number}") for number in range(4)]
    with contextlib.closing(sqlite3.connect(tmp_path / "catalog.db", isolation_level=None)) as database:
        database.execute("UPDATE oauth2_provider_accesstoken SET updated = datetime('now', '-2 hours')")
        database.execute("BEGIN IMMEDIATE")
        answers = asyncio.run(call_all(product, [*tokens, *tokens, "unknown"]))
        database.execute("ROLLBACK")  # fails if the writer no longer held the database

        assert answers == [200] * 8 + [401]
        deadline = time.monotonic() + RECORD_SECONDS
        while unrecorded(database) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert unrecorded(database) == 0


def unrecorded(database: sqlite3.Connection) -> int:
    query = "SELECT count(*) FROM oauth2_provider_accesstoken WHERE updated < datetime('now', '-1 hours')"
    return int(database.execute(query).fetchone()[0])


async def call_all(product: Product, tokens: list[str]) -> list[int]:
    # The server would wait 20 seconds for the writer.
    async with httpx2.AsyncClient(base_url=product.url, timeout=10) as client:
        return await asyncio.gather(*(call(client, token) for token in tokens))


async def call(client: httpx2.AsyncClient, token: str) -> int:
    response = await client.post(
        "/mcp",
        json={
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "search", "arguments": {"query": "n2 core"}},
        },
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"},
    )
    return response.status_code
