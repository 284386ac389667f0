"""One person's calls, and what they leave to the others."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from mcp_api import threads, turns
from tests.harness.product import Product, install, serve
from tools import registry

PRICES = turns.OF_SCOPE["pricing:read"]
ALLOWED = PRICES.max_running + turns.MAX_WAITING


@pytest.fixture
def own_turns() -> turns.Turns:
    """The turns of one test: a thread may still end one after the event loop that it would tell is closed."""
    return turns.Turns(threads.Pool("test", size=4), PRICES.max_running)


@pytest.fixture
def release(tmp_path: Path) -> Path:
    return tmp_path / "release"


@pytest.fixture
def product(tmp_path: Path, release: Path) -> Iterator[Product]:
    product = install(tmp_path, "sample", HELD_UNTIL=str(release))
    with serve(product, tmp_path / "server.log", "tests.harness.blocking_tool:application"):
        yield product
        release.touch()


async def call(client: httpx2.AsyncClient, token: str, tool: str, arguments: dict[str, Any]) -> Any:
    """The structured content of a tool's answer, or the status of a refused request."""
    params = {"name": tool, "arguments": arguments}
    response = await client.post(
        "/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params},
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json, text/event-stream"},
    )
    return response.json()["result"]["structuredContent"] if response.is_success else response.status_code


def wait_for_calls(folder: Path, running: int) -> None:
    """Wait until so many calls have begun."""
    while len([*folder.glob("running-*")]) < running:
        time.sleep(0.02)


def test_sixty_slow_calls_of_one_person_do_not_stop_the_others(product: Product, release: Path) -> None:
    ann, bob = (product.token(name) for name in ("ann", "bob"))

    async def attack() -> list[Any]:
        limits = httpx2.Limits(max_connections=100)
        async with httpx2.AsyncClient(base_url=product.url, timeout=60, limits=limits) as client:
            slow = [asyncio.create_task(call(client, ann, "block", {})) for _ in range(60)]
            finished = asyncio.as_completed(slow)
            refused = [await next(finished) for _ in range(60 - ALLOWED)]

            assert {answer["error"]["code"] for answer in refused} == {"rate_limited"}
            assert await call(client, "unknown", "search", {}) == 401
            assert (await call(client, bob, "search", {"query": "n2 core"}))["skus"]
            assert sum(task.done() for task in slow) == len(refused) == 60 - ALLOWED

            await asyncio.to_thread(release.touch)
            return [answer for answer in await asyncio.gather(*slow) if answer not in refused]

    assert asyncio.run(attack()) == [{"contract": "1"}] * ALLOWED


def test_slow_questions_about_costs_stop_neither_prices_nor_other_peoples_costs(
    product: Product, release: Path
) -> None:
    ann, bob = (product.cost_reader(name) for name in ("ann", "bob"))

    async def start(client: httpx2.AsyncClient, token: str, *, running: int) -> list[asyncio.Task[Any]]:
        slow = [asyncio.create_task(call(client, token, "block_costs", {})) for _ in range(10)]
        await asyncio.to_thread(wait_for_calls, release.parent, running)
        return slow

    async def attack() -> list[Any]:
        async with httpx2.AsyncClient(base_url=product.url, timeout=60) as client:
            slow = await start(client, ann, running=1)
            # The other thread of costs is free for Bob.
            answer = await call(client, bob, "query_costs", {})
            assert answer["error"]["code"] == "not_loaded"

            slow += await start(client, bob, running=2)
            for token in (ann, bob):
                assert (await call(client, token, "search", {"query": "n2 core"}))["skus"]
            assert not any(task.done() for task in slow)

            await asyncio.to_thread(release.touch)
            return await asyncio.gather(*slow)

    assert asyncio.run(attack()) == [{"contract": "1"}] * 20


def test_each_tool_has_its_turns() -> None:
    assert {tool.scope for tool in registry.TOOLS.values()} == turns.OF_SCOPE.keys()


def test_a_client_that_hangs_up_keeps_its_turn_until_the_thread_ends(own_turns: turns.Turns) -> None:
    release = threading.Event()
    running = threading.Semaphore(0)

    def work() -> None:
        running.release()
        release.wait(10)

    async def hang_up() -> None:
        calls = [asyncio.create_task(own_turns.run("ann", work)) for _ in range(own_turns.max_running)]
        for _ in calls:
            assert await asyncio.to_thread(running.acquire, timeout=10)
        for task in calls:
            task.cancel()
        await asyncio.wait(calls)

        third = asyncio.create_task(own_turns.run("ann", work))
        await asyncio.sleep(0)
        assert not running.acquire(blocking=False)
        release.set()
        await third

    asyncio.run(hang_up())


def test_a_cancelled_wait_gives_up_its_place(own_turns: turns.Turns) -> None:
    release = threading.Event()

    async def wait_in_vain() -> None:
        calls = [asyncio.create_task(own_turns.run("ann", release.wait, 10)) for _ in range(ALLOWED)]
        await asyncio.sleep(0)
        with pytest.raises(turns.TooManyCallsError):
            await own_turns.run("ann", release.wait, 10)
        calls.pop().cancel()
        await asyncio.sleep(0)
        calls.append(asyncio.create_task(own_turns.run("ann", release.wait, 10)))
        release.set()
        assert await asyncio.gather(*calls) == [True] * ALLOWED

    asyncio.run(wait_in_vain())
