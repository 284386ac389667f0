from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from costs.store import configured
from tests.costs.stores import Charge, MemoryStore

Shows = Callable[[Sequence[Charge]], MemoryStore]


@pytest.fixture(autouse=True)
def costs_dir(settings: Settings, tmp_path: Path) -> Path:
    """Answers are kept apart, since the charges of each test are its own."""
    settings.COSTS_DIR = tmp_path / "lake"
    return tmp_path / "lake"


@pytest.fixture
def shows(monkeypatch: pytest.MonkeyPatch) -> Shows:
    """Makes charges those that the pages show."""

    def show(charges: Sequence[Charge]) -> MemoryStore:
        store = MemoryStore(charges)
        monkeypatch.setattr(configured, "open_store", lambda: store)
        return store

    return show


@pytest.fixture
def person() -> User:
    user = User.objects.create(username="reader")
    user.groups.add(Group.objects.get_or_create(name="Cost readers")[0])
    return user


@pytest.fixture
def reader(client: Client, person: User) -> Client:
    """The browser of a person who may read costs."""
    client.force_login(person)
    return client
