"""The store of costs of this installation."""

from __future__ import annotations

from typing import cast

from django.utils.module_loading import import_string

from costs.store.base import CostStore


def open_store() -> CostStore:
    """The embedded store, over the files in COSTS_DIR."""
    return cast("CostStore", import_string("costs.store.lake.Lake")())
