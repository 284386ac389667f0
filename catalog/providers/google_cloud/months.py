"""The time ranges that skus.list accepts: each within one calendar month in Los Angeles (ListSkusRequest)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def months(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The period from `since` to `until`, split at the start of each month in Los Angeles; oldest first."""
    start = since
    while start < until:
        local = start.astimezone(LOS_ANGELES)
        year, month = divmod(local.year * 12 + local.month, 12)
        next_month = datetime(year, month + 1, 1, tzinfo=LOS_ANGELES).astimezone(UTC)
        yield start, min(next_month, until)
        start = next_month
