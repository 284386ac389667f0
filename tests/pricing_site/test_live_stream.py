"""The stream of the live page, from a real server of one worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.harness.product import Product, install, serve
from tests.harness.session import SESSION
from tests.harness.starter import Started

OTHER = SESSION.replace('"staff", is_staff=True, is_superuser=True', '"other"')
STREAMS = 3


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Product:
    product = install(tmp_path_factory.mktemp("live"), LIVE_STREAMS=f"{STREAMS}", WEB_CONCURRENCY="1")
    product.manage("demo_live")
    return product


@pytest.fixture(scope="module")
def session(product: Product) -> str:
    return product.manage("shell", "-v0", "-c", SESSION).strip()


@pytest.fixture
def server(product: Product, tmp_path: Path) -> Iterator[Started]:
    with serve(product, tmp_path / "server.log") as process:
        yield process


@contextlib.asynccontextmanager
async def stream(product: Product, session: str, **headers: str) -> AsyncIterator[httpx2.Response]:
    async with (
        httpx2.AsyncClient(timeout=40, cookies={"sessionid": session} if session else {}) as client,
        client.stream("GET", f"{product.url}/live/events", headers=headers) as response,
    ):
        yield response


async def until(lines: AsyncIterator[str], wanted: str) -> str:
    async for line in lines:
        if line.startswith(wanted):
            return line
    raise AssertionError(f"the stream ended before {wanted}")


@pytest.mark.usefixtures("server")
def test_a_new_collection_is_told_and_one_that_was_missed_too(product: Product, session: str) -> None:
    async def told() -> str:
        async with stream(product, session) as response:
            assert response.headers["content-type"] == "text/event-stream"
            lines = response.aiter_lines()
            assert await until(lines, "retry") == "retry: 2000"
            await asyncio.to_thread(product.manage, "collect_live", "--once")
            return (await until(lines, "id: ")).removeprefix("id: ")

    async def told_again(last: str) -> str:
        async with stream(product, session, **{"Last-Event-ID": last}) as response:
            return await until(response.aiter_lines(), "event")

    last = asyncio.run(told())
    assert asyncio.run(told_again(f"{int(last) - 1}")) == "event: figures"


@pytest.mark.usefixtures("server")
def test_streams_are_for_who_may_read_costs_and_only_so_many(product: Product, session: str) -> None:
    other = product.manage("shell", "-v0", "-c", OTHER).strip()

    async def statuses() -> list[int]:
        async with contextlib.AsyncExitStack() as stack:
            return [
                (await stack.enter_async_context(stream(product, each))).status_code
                for each in ["", "wrong", other, *[session] * (STREAMS + 1)]
            ]

    assert asyncio.run(statuses()) == [401, 401, 403, *[200] * STREAMS, 503]
    # Those that left made room.
    assert asyncio.run(statuses())[3] == 200
    assert httpx2.post(f"{product.url}/live/events", timeout=60).status_code == 405


def test_open_streams_hold_no_thread_and_no_database_and_end_when_the_server_is_asked_to_stop(
    product: Product, session: str, server: Started
) -> None:
    async def held() -> tuple[int, int, float]:
        async with contextlib.AsyncExitStack() as stack:
            first = await stack.enter_async_context(stream(product, session))
            lines = first.aiter_lines()
            await until(lines, "retry")
            worker = _worker(server.pid)
            before = _threads(worker), _databases(worker)
            for _ in range(STREAMS - 1):
                opened = await stack.enter_async_context(stream(product, session))
                await until(opened.aiter_lines(), "retry")
            await asyncio.sleep(6)
            after = _threads(worker), _databases(worker)
            began = time.monotonic()
            os.kill(server.pid, signal.SIGTERM)
            async for _ in lines:
                pass
            return after[0] - before[0], after[1] - before[1], time.monotonic() - began

    threads, databases, seconds = asyncio.run(held())
    assert threads <= 0
    # One asks for all of them.
    assert databases <= 1
    assert seconds < 4
    began = time.monotonic()
    assert server.wait(timeout=30) == 0
    assert time.monotonic() - began < 8


def _worker(arbiter: int) -> int:
    [child] = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
    return int(child)


def _threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def _databases(pid: int) -> int:
    """How often the worker has the file of its database open."""
    files = Path(f"/proc/{pid}/fd").iterdir()
    return sum(_target(each).endswith("catalog.db") for each in files)


def _target(link: Path) -> str:
    with contextlib.suppress(OSError):
        return str(link.readlink())
    return ""
