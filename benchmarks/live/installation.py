"""A new database for a benchmark of live usage, which is run in the benchmark's own process."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import django
from django.core.management import call_command


def prepare(folder: Path) -> None:
    """Set Django up on a migrated database in a folder."""
    # Without DEBUG, in which Django keeps each statement.
    os.environ.update(
        SECRET_KEY=secrets.token_urlsafe(50),
        DATABASE_URL=f"file:{folder / 'live.db'}",
        COSTS_DIR=f"{folder / 'costs'}",
        DEBUG="false",
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "pricing_site.settings"
    django.setup()
    call_command("migrate", verbosity=0)
