from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpcore2
import hypothesis
import pytest
from django.conf import settings

from accounts import limits
from catalog.search.index import vocabulary
from tests.harness import once
from tests.harness.selection import pytest_addoption, pytest_collection_modifyitems  # noqa: F401 hooks
from tests.harness.sqld import Sqld
from tests.harness.summary import (  # noqa: F401 hooks
    pytest_deselected,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    _shared_by_workers: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Starts the server that the tests of this process run on if TEST_DATABASE asks for one."""
    if not settings.ON_LIBSQL:
        yield
        return
    port = urlsplit(settings.DATABASES["default"]["NAME"]).port
    with Sqld(tmp_path_factory.mktemp("sqld"), port):
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


@pytest.fixture(autouse=True)
def _forgotten_requests() -> None:
    """The token requests of other tests, which all come from one address."""
    limits.forget()
