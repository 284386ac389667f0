"""Which tests a run has, and in which order."""

from __future__ import annotations

import gc
import os

import pytest
from django.conf import settings


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow too")
    # To look for garbage among thousands of tests takes a third of the time that collecting them takes.
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Of `-n auto`: more than cores, as a worker waits a good part of its time for servers and clocks."""
    return 2 + (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.option.slow and "slow" not in config.option.markexpr:
        _leave_out(config, items, [item for item in items if item.get_closest_marker("slow")])
    if settings.ON_LIBSQL:
        _leave_out(config, items, [item for item in items if not _depends_on_database(item)])
    for item in items:
        # The real price list and random examples are much work, which coverage.py makes half as much again.
        # What they reach, others reach too, and not by chance.
        if "real_catalog" in getattr(item, "fixturenames", ()) or item.get_closest_marker("hypothesis"):
            item.add_marker(pytest.mark.no_cover)
    # The longest files start servers and do without the suite's database: pytest-xdist hands them out first,
    # so that the short ones even out what the workers have left.
    items.sort(key=_uses_database)


def _leave_out(config: pytest.Config, items: list[pytest.Item], left: list[pytest.Item]) -> None:
    if left:
        kept = set(items) - set(left)
        items[:] = [item for item in items if item in kept]
        config.hook.pytest_deselected(items=left)


def _depends_on_database(item: pytest.Item) -> bool:
    return _uses_database(item) and not item.get_closest_marker("one_database")


def _uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("django_db")) or "db" in fixtures or "transactional_db" in fixtures
