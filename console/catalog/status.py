"""The status page: is the catalog current, which services are not, and how the last syncs went.

Why a sync failed may contain what only an administrator may read, such as a path, so pages do not show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from catalog.errors import CatalogEmptyError
from catalog.models import SAMPLE, PricingUpdate
from catalog.pricing.answers import utc_text
from catalog.pricing.freshness import Offer, offer
from catalog.pricing.status import ServiceStatus, statuses
from catalog.providers.sample.source import SampleSource
from console.arguments import link, page_number
from console.pages import Page, Table
from tools.version import product_version

RUNS = 30
SERVICES = 50
COLUMNS = ("service_id", "service", "provider", "skus", "read_at", "state")
_SAMPLE_NOTICE = SampleSource().notice()


def status(request: HttpRequest) -> Page:
    """Show whether the catalog is current.

    Raises:
        CatalogEmptyError: no sync has completed.
    """
    page, now = page_number(request.GET), timezone.now()
    latest = PricingUpdate.objects.defer("error_message").order_by("-id")[:RUNS]
    runs = [_run(each, now) for each in latest]
    update = PricingUpdate.objects.latest_completed()
    if update is None:
        raise CatalogEmptyError(
            "The catalog is empty: no sync has completed yet.",
            hint="An administrator fills it with the command sync_catalog.",
        )
    offered = offer(update)
    pages = max(1, -(-offered.services // SERVICES))
    services = statuses(update, now, slice((page - 1) * SERVICES, page * SERVICES))
    answer = {
        **_catalog(update, offered, now),
        "page": page,
        "pages": pages,
        "services": [_service(each) for each in services],
        "runs": runs,
    }
    context = {
        "newer": link(request.GET, page=f"{page - 1}") if page > 1 else "",
        "older": link(request.GET, page=f"{page + 1}") if page < pages else "",
    }
    return Page("console/status.html", answer, Table(COLUMNS, _rows(answer)), context)


def _catalog(update: PricingUpdate, offered: Offer, now: datetime) -> dict[str, Any]:
    synced_at, warning = offered.freshness.synced_at, offered.freshness.warning(now)
    state = warning or "All services have been read within the last 36 hours."
    is_sample = update.source == SAMPLE
    return {
        "version": product_version(),
        "state": _SAMPLE_NOTICE if is_sample else state,
        "is_current": not (warning or is_sample),
        "source": update.source,
        "update_id": update.pk,
        "synced_at": utc_text(synced_at) if synced_at else None,
        "skus": offered.skus,
        "services_total": offered.services,
    }


def _service(found: ServiceStatus) -> dict[str, Any]:
    return {
        "service_id": found.service.pk,
        "service": found.service.display_name,
        "provider": found.service.provider,
        "skus": found.skus,
        "read_at": utc_text(found.read_at) if found.read_at else None,
        "state": _state(found),
    }


def _state(found: ServiceStatus) -> str:
    if found.is_failed:
        return "failed"
    if found.read_at is None:
        return "unread"
    return "stale" if found.is_stale else "current"


def _run(update: PricingUpdate, now: datetime) -> dict[str, Any]:
    running = PricingUpdate.Status.RUNNING
    seen = update.heartbeat_at or update.started_at
    # A run without a sign of life for so long has crashed; the next one closes it.
    is_crashed = update.status == running and now - seen > PricingUpdate.LEASE
    ended = update.completed_at or update.heartbeat_at
    return {
        "update_id": update.pk,
        "started_at": utc_text(update.started_at),
        "seconds": max(0, round((ended - update.started_at).total_seconds())) if ended else None,
        "status": str(PricingUpdate.Status.FAILED if is_crashed else update.status),
        "source": update.source,
        "provider": update.provider,
        "skus_synced": update.skus_synced or 0,
        "skus_changed": update.skus_changed,
        "skus_withdrawn": update.skus_retired,
        "services_failed": update.services_failed,
        "has_changes": bool((update.changes or {}).get("total")),
    }


def _rows(answer: Mapping[str, Any]) -> Iterator[Sequence[str | None]]:
    for row in answer["services"]:
        names = (row["service_id"], row["service"], row["provider"])
        yield (*names, str(row["skus"]), row["read_at"], row["state"])
