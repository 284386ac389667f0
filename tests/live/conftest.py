from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.costs.alerts.conftest import mailbox

__all__ = ["mailbox"]


@pytest.fixture(autouse=True)
def costs_dir(settings: Settings, tmp_path: Path) -> Path:
    """The files of each test's costs are its own."""
    settings.COSTS_DIR = tmp_path / "lake"
    return tmp_path / "lake"
