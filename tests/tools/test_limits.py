from __future__ import annotations

import json
from typing import Any

import pytest
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from pytest_django import Settings

from tools import limits


@pytest.fixture(autouse=True)
def storage(monkeypatch: pytest.MonkeyPatch) -> MemoryStorage:
    """A storage without any counts."""
    storage = MemoryStorage()
    monkeypatch.setattr(limits, "_limiter", FixedWindowRateLimiter(storage))
    return storage


def test_the_limit_applies_per_person_and_tool(settings: Settings) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 2

    assert [limits.retry_after("search", "ann", {}) for _ in range(2)] == [0, 0]
    assert 1 <= limits.retry_after("search", "ann", {}) <= 60
    assert limits.retry_after("search", "bob", {}) == 0
    assert limits.retry_after("details", "ann", {}) == 0


def items(count: int) -> list[dict[str, Any]]:
    return [{"sku_id": "A", "quantity": 1}] * count


@pytest.mark.parametrize(
    ("tool", "arguments", "cost"),
    [
        ("search", {"query": "n2"}, 1),
        ("calculate", {}, 1),
        ("calculate", {"items": []}, 1),
        ("calculate", {"items": 7}, 1),
        ("calculate", {"items": items(1)}, 1),
        ("calculate", {"items": items(10)}, 1),
        ("calculate", {"items": items(11)}, 2),
        ("calculate", {"items": items(100)}, 10),
        ("calculate", {"items": json.dumps(items(100))}, 10),
        ("details", {"sku_ids": ["A"] * 20}, 2),
        ("details", {"sku_ids": ",".join("A" * 11)}, 2),
    ],
)
def test_a_call_counts_once_for_each_ten_skus_or_items_that_it_begins(
    settings: Settings, tool: str, arguments: dict[str, Any], cost: int
) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 20

    assert [limits.retry_after(tool, "ann", arguments) for _ in range(20 // cost)] == [0] * (20 // cost)
    assert limits.retry_after(tool, "ann", arguments)


def test_a_large_call_is_allowed_alone_under_a_low_limit(settings: Settings) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 5

    assert limits.retry_after("calculate", "ann", {"items": items(100)}) == 0
    assert limits.retry_after("calculate", "ann", {"items": items(1)})


def test_calls_are_allowed_again_after_the_wait(settings: Settings, storage: MemoryStorage) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 1
    limits.retry_after("search", "ann", {})
    wait = limits.retry_after("search", "ann", {})
    for key in storage.expirations:
        storage.expirations[key] -= wait

    assert limits.retry_after("search", "ann", {}) == 0


def test_zero_means_unlimited(settings: Settings) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 0

    assert {limits.retry_after("search", "ann", {}) for _ in range(1000)} == {0}
