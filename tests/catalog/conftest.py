from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django.plugin import DjangoDbBlocker

from catalog.providers.google_cloud.folder import FolderSource
from catalog.sync.run import sync
from tests.harness.product import fill


@pytest.fixture(scope="module")
def real_prices(
    django_db_setup: None,  # noqa: ARG001 requested so that the database exists
    django_db_blocker: DjangoDbBlocker,
    real_catalog: Path,
) -> Iterator[None]:
    """The real price list in the test database, for one module only."""
    with django_db_blocker.unblock():
        if not settings.ON_LIBSQL:
            with _copied(connection, real_catalog):
                yield
            return
        with transaction.atomic():
            sync(FolderSource(real_catalog))
            yield
            transaction.set_rollback(True)


@contextlib.contextmanager
def _copied(connection: BaseDatabaseWrapper, real_catalog: Path) -> Iterator[None]:
    """The price list that tests/test_end_to_end.py serves too: to sync it takes a quarter of a minute."""
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(":memory:")) as before:
        connection.connection.backup(before)
        fill(connection.connection, str(real_catalog), real_catalog)
        yield
        before.backup(connection.connection)
