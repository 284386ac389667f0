"""A catalog folder, synced into a database for benchmarks that call the product in their own process."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import django
from django.core.management import call_command


def prepare(url: str, folder: Path) -> None:
    """Set Django up on a new database at `url` and sync the catalog folder into it."""
    os.environ.update(SECRET_KEY=secrets.token_urlsafe(50), DATABASE_URL=url, DEBUG="true")
    os.environ["DJANGO_SETTINGS_MODULE"] = "pricing_site.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("sync_catalog", source=str(folder))
