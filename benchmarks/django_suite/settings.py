"""Settings for Django's own tests, on two SQLite files in SUITE_FOLDER or two servers at SUITE_URLS."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

_URLS = os.environ.get("SUITE_URLS", "").split()


def _file(path: Path) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "TEST": {"NAME": path}}


def _server(url: str) -> dict[str, Any]:
    return {"ENGINE": "libsql_backend", "NAME": url, "PASSWORD": "", "TEST": {"NAME": url}}


if _URLS:
    DATABASES = {alias: _server(url) for alias, url in zip(("default", "other"), _URLS, strict=True)}
else:
    _FOLDER = Path(os.environ["SUITE_FOLDER"])
    DATABASES = {alias: _file(_FOLDER / f"{alias}.db") for alias in ("default", "other")}

TEST_RUNNER = "benchmarks.django_suite.runner.RecordingRunner"
SECRET_KEY = "for-tests-only"  # noqa: S105
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = False
