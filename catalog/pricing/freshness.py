"""How current the catalog is: when the services behind an answer were last read, and what failed since."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

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
        failed_run_at: the start of the latest run that failed as a whole; None if a later one made up for it.
    """

    synced_at: datetime | None
    unread: int = 0
    failed: int = 0
    failed_name: str = ""
    failed_run_at: datetime | None = None

    def warning(self, now: datetime) -> str:
        """A sentence that says why prices may be out of date; empty if they are current."""
        if self.failed:
            others = f" and {self.failed - 1} more" if self.failed > 1 else ""
            since = f": its prices are of {_text(self.synced_at)}" if self.synced_at and not others else ""
            return f"The last sync could not read {self.failed_name}{others}{since}."
        if self.synced_at is None or self.unread:
            return "Some of these prices have not been synced completely yet."
        if self.failed_run_at and self.failed_run_at > self.synced_at:
            began, since = _text(self.failed_run_at), _text(self.synced_at)
            return f"The sync that started at {began} failed: these prices are of {since}."
        if now - self.synced_at > MAX_AGE:
            return f"These prices were last synced at {_text(self.synced_at)}, over 36 hours ago."
        return ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The number of SKUs that are not withdrawn, of the services that have them, and the state of these."""

    skus: int
    services: int
    freshness: Freshness


class _Catalog(NamedTuple):
    """What the latest completed run was read with (PricingUpdateQuerySet); times are as stored.

    `full_runs` and `failed_runs` are times by provider, `providers` those that have SKUs.
    """

    skus: int
    services: int
    oldest: str | None
    unread: int
    failed: int
    failed_name: str | None
    full_runs: dict[str, str | None]
    failed_runs: dict[str, str | None]
    providers: list[str]


def offer(update: PricingUpdate) -> Offer:
    """What the catalog offers.

    Args:
        update: the result of latest_completed() or latest_and_by(), which read this in the same statement.
    """
    catalog = _catalog(update)
    freshness = Freshness(
        synced_at=stored_time(catalog.oldest),
        unread=catalog.unread,
        failed=catalog.failed,
        failed_name=catalog.failed_name or "",
        failed_run_at=_failed_run_at(catalog, catalog.providers),
    )
    return Offer(catalog.skus, catalog.services, freshness)


def of_services(services: Collection[Service], update: PricingUpdate) -> Freshness:
    """The state of these services; `update` as for offer()."""
    times = [time for service in services if (time := read_at(service, update))]
    failed = sorted(service.display_name for service in services if service.sync_error)
    return Freshness(
        synced_at=min(times, default=None),
        unread=len(services) - len(times),
        failed=len(failed),
        failed_name=next(iter(failed), ""),
        failed_run_at=_failed_run_at(_catalog(update), {service.provider for service in services}),
    )


def read_at(service: Service, update: PricingUpdate | None) -> datetime | None:
    """When a sync last read a service to its end: its provider's last full run, unless it says otherwise.

    Args:
        service: the service.
        update: as for offer(); None before the first run.
    """
    if service.synced_at or service.sync_error or update is None:
        return service.synced_at
    return stored_time(_catalog(update).full_runs.get(service.provider))


def _failed_run_at(catalog: _Catalog, providers: Iterable[str]) -> datetime | None:
    """When the latest run began that failed as a whole, of any of these providers."""
    times = (stored_time(catalog.failed_runs.get(provider)) for provider in providers)
    return max(filter(None, times), default=None)


def _catalog(update: PricingUpdate) -> _Catalog:
    return _Catalog(*getattr(update, "catalog"))  # noqa: B009  # mypy does not know annotations


def stored_time(text: str | None) -> datetime | None:
    """A time as Django stores it: in UTC, without an offset."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None


def _text(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
