from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from catalog.providers.google_cloud.folder import FolderSource
from catalog.sync.run import sync


@pytest.fixture(scope="module")
def real_prices(
    django_db_setup: None,  # noqa: ARG001 requested so that the database exists
    django_db_blocker: DjangoDbBlocker,
    real_catalog: Path,
) -> Iterator[None]:
    """The real price list in the test database, for one module only."""
    with django_db_blocker.unblock(), transaction.atomic():
        sync(FolderSource(real_catalog))
        yield
        transaction.set_rollback(True)
