"""The store of costs of this installation."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from costs.store.base import CostStore


def open_store() -> CostStore:
    """The store that the settings name."""
    return cast("CostStore", import_string("costs.store.lake.Lake")(settings.BASE_DIR / "data" / "costs"))
