"""The services that the catalog offers, with when each was last read: those that need attention first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, DateTimeField, F, IntegerField, QuerySet, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from catalog.models import PricingUpdate, Service
from catalog.pricing.freshness import MAX_AGE, read_at
from catalog.providers.records import PROVIDERS

# Raw SQL, because the search index has no model. It counts the offered SKUs of each service.
_SKUS = "(SELECT sku_count FROM service_search AS entry WHERE entry.service_id = services.service_id)"


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """A service with its number of SKUs, and when it was last read to its end, None if never.

    Args:
        is_failed: whether the last sync could not read it.
        is_stale: whether it was read too long ago.
    """

    service: Service
    skus: int
    read_at: datetime | None
    is_failed: bool
    is_stale: bool


def statuses(update: PricingUpdate, now: datetime, rows: slice) -> Sequence[ServiceStatus]:
    """A page of the services that have SKUs: those that failed first, then by when they were read.

    Args:
        update: the result of latest_completed().
        now: the present.
        rows: which of them.

    Returns:
        The services, in one query.
    """
    # A service with neither a time nor an error was read by the last full run of its provider.
    full_runs = [
        When(provider=provider, then=Value(at, DateTimeField()))
        for provider in PROVIDERS
        if (at := read_at(Service(provider=provider), update))
    ]
    order = Coalesce("synced_at", Case(*full_runs)) if full_runs else F("synced_at")
    failed_first = IsNull(F("sync_error"), True)  # Django's signature
    found = _offered().order_by(failed_first, order, "display_name")
    return [_status(service, read_at(service, update), now) for service in found[rows]]


def largest(number: int) -> tuple[Sequence[tuple[Service, int]], int]:
    """The services with the most SKUs, each with how many it has, and how many services have any."""
    found = _offered()
    rows = found.order_by(F("sku_count").desc(), "display_name")[:number]
    return [(service, _skus_of(service)) for service in rows], found.count()


def _offered() -> QuerySet[Service]:
    """The services that have SKUs."""
    counted = Service.objects.annotate(sku_count=RawSQL(_SKUS, (), IntegerField()))  # noqa: S611  # a constant
    return counted.filter(sku_count__gt=0)


def _skus_of(service: Service) -> int:
    skus: int = getattr(service, "sku_count")  # noqa: B009  # mypy does not know annotations
    return skus


def _status(service: Service, time: datetime | None, now: datetime) -> ServiceStatus:
    is_failed = bool(service.sync_error)
    return ServiceStatus(
        service, _skus_of(service), time, is_failed, is_stale=time is None or now - time > MAX_AGE
    )
