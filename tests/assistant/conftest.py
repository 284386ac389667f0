from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from assistant import known
from tests.costs import whole_demo


@pytest.fixture(scope="module")
def demo_loaded(
    django_db_setup: None,  # noqa: ARG001 requested so that the database exists
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """The demo up to the day before whole_demo.TODAY, for all tests of a module."""
    with whole_demo.loaded(tmp_path_factory.mktemp("lake"), django_db_blocker, is_warm=False):
        yield


@pytest.fixture(autouse=True)
def _forgotten_names() -> None:
    """The names of another test's charges."""
    known.forget()
