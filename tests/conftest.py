from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="session")
def real_catalog() -> Path:
    """The folder of the real price list (19,800 SKUs), beside the repository or where the variable says."""
    folder = Path(os.environ.get("PRICING_CATALOG_DIR", settings.BASE_DIR.parent / "shared" / "catalog"))
    if not folder.is_dir():
        pytest.skip(f"needs the real catalog folder: set PRICING_CATALOG_DIR ({folder} is absent)")
    return folder
