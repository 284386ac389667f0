from __future__ import annotations

import contextlib
import functools
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import hypothesis
import pytest
from django.conf import settings
from django.db import connection

from accounts import limits
from catalog.pricing import list_prices, memory, model_lists, model_rates
from catalog.pricing.resources import machine_rates, offers
from catalog.search import siblings, values
from catalog.search.index import vocabulary
from console import limits as page_limits
from mcp_api import threads
from tests.harness import once
from tests.harness.databases import copy_server
from tests.harness.product import fill
from tests.harness.selection import (  # noqa: F401 hooks
    pytest_addoption,
    pytest_collection_finish,
    pytest_collection_modifyitems,
    pytest_xdist_auto_num_workers,
)
from tests.harness.sqld import Sqld
from tests.harness.summary import (  # noqa: F401 hooks
    pytest_deselected,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

# Django's name for it.
IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"

# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


@pytest.fixture(scope="session", autouse=True)
def _shared_by_workers(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A worker's temporary folder is inside that of the run."""
    folder = tmp_path_factory.getbasetemp()
    once.folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    """Each client of httpx2 reads the system's certificates, which takes 50 ms; the tests make thousands."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", functools.cache(httpcore2.default_ssl_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _nothing_written_later() -> Iterator[None]:
    """What a call has written a minute later would be in another test's database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threads.Pool, "submit_later", lambda *_: None)
        yield


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The test database is there already: to migrate takes five seconds of each worker."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    _shared_by_workers: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Puts a migrated database where Django looks: in memory, or on a server if TEST_DATABASE says so."""
    folder = tmp_path_factory.mktemp("database")
    if not settings.ON_LIBSQL:
        with contextlib.closing(sqlite3.connect(IN_MEMORY, uri=True)) as database:
            fill(database, "", folder)
            yield
        return
    copy_server(folder)
    port = urlsplit(settings.DATABASES["default"]["NAME"]).port
    with Sqld(folder, port):
        yield


@pytest.fixture(scope="session")
def real_catalog() -> Path:
    """The folder of the real price list (19,800 SKUs): PRICING_CATALOG_DIR, or one beside the checkout."""
    folder = Path(os.environ.get("PRICING_CATALOG_DIR", settings.BASE_DIR.parent / "shared" / "catalog"))
    if not (folder / "skus").is_dir():
        pytest.skip("needs the real catalog (PRICING_CATALOG_DIR)")
    return folder


@pytest.fixture(autouse=True)
def _forgotten_vocabulary() -> None:
    """The words of another test's catalog: each test's syncs start at the same number."""
    vocabulary.forget()
    values.forget()
    offers.forget()
    machine_rates.forget()
    list_prices.forget()
    model_rates.forget()
    model_lists.forget()
    siblings.forget()


class OutsideTransaction:
    """The connection as it is in a server: a test is in a transaction."""

    in_atomic_block = False

    def __getattr__(self, name: str) -> Any:
        return getattr(connection, name)


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices that were read are kept in memory."""
    monkeypatch.setattr(memory, "connection", OutsideTransaction())


@pytest.fixture(autouse=True)
def _forgotten_requests() -> None:
    """The token requests of other tests, which all come from one address."""
    limits.forget()
    page_limits.forget()
