from __future__ import annotations

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

    assert [limits.retry_after("search", "ann") for _ in range(2)] == [0, 0]
    assert 1 <= limits.retry_after("search", "ann") <= 60
    assert limits.retry_after("search", "bob") == 0
    assert limits.retry_after("details", "ann") == 0


def test_calls_are_allowed_again_after_the_wait(settings: Settings, storage: MemoryStorage) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 1
    limits.retry_after("search", "ann")
    wait = limits.retry_after("search", "ann")
    for key in storage.expirations:
        storage.expirations[key] -= wait

    assert limits.retry_after("search", "ann") == 0


def test_zero_means_unlimited(settings: Settings) -> None:
    settings.TOOL_CALLS_PER_MINUTE = 0

    assert {limits.retry_after("search", "ann") for _ in range(1000)} == {0}
