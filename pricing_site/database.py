"""DATABASE_URL to Django's DATABASES entry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# WAL lets readers go on while the sync writes; NORMAL loses at most the last commit on power failure.
SQLITE_INIT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"


def from_url(url: str, base_dir: Path) -> dict[str, Any]:
    """The DATABASES entry for `url`.

    Args:
        url: `file:PATH`; a relative PATH counts from `base_dir`.
        base_dir: the project's folder.

    Raises:
        ImproperlyConfigured: the URL is of no kind that is served here.
    """
    scheme, _, rest = url.partition(":")
    if scheme != "file" or not rest:
        raise ImproperlyConfigured("DATABASE_URL must be file:PATH, for example file:data/catalog.db.")
    path = base_dir / rest.removeprefix("//")
    path.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {"init_command": SQLITE_INIT, "transaction_mode": "IMMEDIATE", "timeout": 20},
    }
