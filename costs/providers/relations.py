"""What to read a delivery from: its rows in the FOCUS names of its provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from costs.errors import LoadError
from costs.providers import focus_files, google_cloud_rows
from costs.providers.source import Delivery, Layout

_RELATIONS: Mapping[Layout, Callable[[Delivery], str]] = MappingProxyType(
    {
        Layout.FOCUS_CSV: focus_files.relation,
        Layout.FOCUS_PARQUET: focus_files.relation,
        Layout.GOOGLE_CLOUD_ROWS: google_cloud_rows.relation,
    }
)


def relation(delivery: Delivery) -> str:
    """The rows of a delivery, as what stands after FROM in DuckDB; the session must be in UTC.

    They are those of its period, unless the delivery is exclusive: then a row of another month is a fault to
    find. The column x_File is the path of a row's file.

    Raises:
        LoadError: the delivery has no files, or they cannot be read.
    """
    if not delivery.files:
        raise LoadError(delivery.problem or f"There are no files of {delivery.period}.")
    return _RELATIONS[delivery.layout](delivery)


def as_written(delivery: Delivery) -> str:
    """The same, where what is computed of several numbers is the list of them, as they are in the files."""
    is_computed = delivery.layout is Layout.GOOGLE_CLOUD_ROWS
    return google_cloud_rows.as_written(delivery) if is_computed else relation(delivery)
