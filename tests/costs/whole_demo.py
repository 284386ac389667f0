"""The whole demo, loaded once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from costs.management import demo

TODAY = date(2026, 11, 28)


@contextmanager
def loaded(folder: Path, blocker: DjangoDbBlocker, *, is_warm: bool = True) -> Iterator[str]:
    """The demo up to the day before TODAY, and what its command prints; it is gone afterwards.

    Args:
        folder: COSTS_DIR meanwhile.
        blocker: of the database, which is set up.
        is_warm: whether pages of it are made ahead, which takes most of the time.
    """
    with (
        pytest.MonkeyPatch.context() as patch,
        blocker.unblock(),
        override_settings(COSTS_DIR=folder),
        transaction.atomic(),
    ):
        patch.setattr(demo, "current_day", lambda: TODAY)
        if not is_warm:
            patch.setattr(demo, "warm", lambda _: None)
        out = StringIO()
        call_command("demo_costs", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)
