"""The store of costs of this installation, by the setting COST_STORE."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.utils.module_loading import import_string

from costs.store.base import CostStore

if TYPE_CHECKING:
    # It brings DuckDB, which is loaded at the first question.
    from costs.store.stored_loads import LoadStore

LAKE = "lake"


def open_store() -> CostStore:
    """The store that questions are asked of."""
    return open_loads()


def open_loads(place: str = "") -> LoadStore:
    """The same as jobs need it, or another one.

    Args:
        place: lake, or bigquery://PROJECT/DATASET; COST_STORE by default.

    Raises:
        StoreUnavailableError: it is neither, or the client of BigQuery is not installed.
    """
    place = place or settings.COST_STORE
    module = "lake.Lake" if place == LAKE else "bigquery.opened"
    opened = import_string(f"costs.store.{module}")
    return cast("LoadStore", opened() if place == LAKE else opened(place))
