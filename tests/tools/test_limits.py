from __future__ import annotations

from collections.abc import Iterator

import pytest
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pytest_django import Settings

from tests.harness.product import Product, install, serve
from tools import limits


@pytest.fixture(autouse=True)
def storage(monkeypatch: pytest.MonkeyPatch) -> MemoryStorage:
    """Nothing is counted yet."""
    storage = MemoryStorage()
    monkeypatch.setattr(limits, "_limiter", FixedWindowRateLimiter(storage))
    return storage


def test_each_person_has_the_limit_for_each_tool(settings: Settings) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 2

    assert [limits.wait_before("search", "ann") for _ in range(2)] == [0, 0]
    assert 1 <= limits.wait_before("search", "ann") <= 60
    assert limits.wait_before("search", "bob") == 0
    assert limits.wait_before("details", "ann") == 0


def test_after_the_wait_there_is_room_again(settings: Settings, storage: MemoryStorage) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 1
    limits.wait_before("search", "ann")
    wait = limits.wait_before("search", "ann")
    for key in storage.expirations:
        storage.expirations[key] -= wait

    assert limits.wait_before("search", "ann") == 0


def test_zero_is_no_limit(settings: Settings) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 0

    assert {limits.wait_before("search", "ann") for _ in range(1000)} == {0}


@pytest.fixture
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("limited")
    product = install(folder, "sample", TOOL_CALLS_PER_MINUTE="2")
    with serve(product, folder / "server.log"):
        yield product


def test_an_agent_over_the_limit_reads_how_long_to_wait(product: Product) -> None:
    token = product.manage("issue_token", "ann").strip()

    answers = [product.ask(token, "search", {"query": "n2 core"}) for _ in range(3)]

    assert [answer.is_error for answer in answers] == [False, False, True]
    content = answers[-1].structured_content
    assert isinstance(content, dict)
    assert content["error"]["code"] == "rate_limited"
    assert content["error"]["message"] == "More than 2 calls of search in a minute."
    assert content["error"]["hint"].startswith("Wait ")
    other = product.manage("issue_token", "bob").strip()
    assert not product.ask(other, "search", {"query": "n2 core"}).is_error
