"""Costs in BigQuery: a table a load, which never changes, and unified_costs with the loads that count.

Which load counts is said by the rows of cost_loads, as for the lake. A load is there once its own table is.
unified_costs follows: in one transaction it loses the rows of the load before and gets those of the new
one, and the table unified_costs_loads says which loads it has. A question reads both tables as they were at
one moment, and what unified_costs has not, or no longer has, from the tables of the loads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costs.errors import StoreUnavailableError
from costs.store.bigquery.place import Place

if TYPE_CHECKING:
    from costs.store.bigquery.store import BigQueryStore


def opened(location: str) -> BigQueryStore:
    """The store at a location.

    Args:
        location: bigquery://PROJECT/DATASET.

    Raises:
        StoreUnavailableError: the location names no dataset, or the client is not installed.
    """
    place = Place.of(location)
    try:
        from costs.store.bigquery.store import BigQueryStore  # noqa: PLC0415  # the client is an extra
    except ModuleNotFoundError as error:
        if f"{error.name}".startswith("costs."):
            raise
        raise StoreUnavailableError(
            "The client of BigQuery is not installed.",
            hint='Ask the operator to run: pip install "cloud-pricing[bigquery]"',
        ) from error
    return BigQueryStore(place)
