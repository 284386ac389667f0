"""How current the catalog is: when the services behind an answer were last read, and whether one failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.models import PricingUpdate, Service

# A day between two syncs, and half a day in case one fails.
MAX_AGE = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of some services.

    Args:
        synced_at: when the one that was read longest ago was read to its end; None if never.
        unread: the number of services that no sync is known to have read.
        failed: the number that the last sync could not read.
        failed_name: the name of one of these.
    """

    synced_at: datetime | None
    unread: int = 0
    failed: int = 0
    failed_name: str = ""

    def warning(self, now: datetime) -> str:
        """A sentence that says why prices may be out of date; empty if they are current."""
        if self.failed:
            others = f" and {self.failed - 1} more" if self.failed > 1 else ""
            since = f": its prices are of {_text(self.synced_at)}" if self.synced_at and not others else ""
            return f"The last sync could not read {self.failed_name}{others}{since}."
        if self.synced_at is None or self.unread:
            return "Some of these prices have not been synced completely yet."
        if now - self.synced_at > MAX_AGE:
            return f"These prices were last synced at {_text(self.synced_at)}, over 36 hours ago."
        return ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The number of SKUs that are not withdrawn, of the services that have them, and the state of these."""

    skus: int
    services: int
    freshness: Freshness


def offer(update: PricingUpdate) -> Offer:
    """What the catalog offers.

    Args:
        update: the result of latest_completed() or latest_and_by(), which read this in the same statement.
    """
    catalog: list[Any] = getattr(update, "catalog")  # noqa: B009  # mypy does not know annotations
    skus, services, oldest, unread, failed, failed_name = catalog
    return Offer(skus, services, Freshness(stored_time(oldest), unread, failed, failed_name or ""))


def of_services(services: Collection[Service]) -> Freshness:
    """The state of these services."""
    times = [service.synced_at for service in services if service.synced_at]
    failed = sorted(service.display_name for service in services if service.sync_error)
    return Freshness(
        synced_at=min(times, default=None),
        unread=len(services) - len(times),
        failed=len(failed),
        failed_name=next(iter(failed), ""),
    )


def stored_time(text: str | None) -> datetime | None:
    """A time as Django stores it: in UTC, without an offset."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def _text(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
