"""The catalog in the admin: read-only, because the sync owns every row."""

from __future__ import annotations

from catalog.admin import prices, runs, services, skus
from catalog.admin.read_only import ReadOnly

__all__ = ["ReadOnly", "prices", "runs", "services", "skus"]
