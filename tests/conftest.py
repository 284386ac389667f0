from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from catalog.search import vocabulary


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
