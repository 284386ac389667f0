from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from accounts import limits
from catalog.search.index import vocabulary
from tests.harness.needs import skip_or_fail
from tests.harness.sqld import Sqld, SqldMissingError


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Starts the server that the whole suite runs on where TEST_DATABASE asks for one."""
    if not settings.ON_LIBSQL:
        yield
        return
    port = urlsplit(settings.DATABASES["default"]["NAME"]).port
    try:
        server = Sqld(tmp_path_factory.mktemp("sqld"), port)
    except SqldMissingError as error:
        skip_or_fail(str(error))
    with server:
        yield


@pytest.fixture(scope="session")
def real_catalog() -> Path:
    """The folder of the real price list (19,800 SKUs), beside the repository or where the variable says."""
    folder = Path(os.environ.get("PRICING_CATALOG_DIR", settings.BASE_DIR.parent / "shared" / "catalog"))
    if not folder.is_dir():
        pytest.skip(f"needs the real catalog folder: set PRICING_CATALOG_DIR ({folder} is absent)")
    return folder


@pytest.fixture(autouse=True)
def _forgotten_vocabulary() -> None:
    """The words of another test's catalog: each test's syncs start at the same number."""
    vocabulary.forget()


@pytest.fixture(autouse=True)
def _forgotten_requests() -> None:
    """The token requests of other tests, which all come from one address."""
    limits.forget()
