"""The first page of the admin: the state of the catalog, the last syncs, and who uses the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken

from accounts import usage
from accounts.models import Client, User
from catalog.changes import read
from catalog.changes.read import RunChanges
from catalog.models import SAMPLE, PricingUpdate
from catalog.pricing.freshness import offer
from catalog.sync.progress import CRASHED, duration_of, seconds_of, state_name
from costs.models import CostLoad

RUNS = 30
FAILED = "failed"
ACTIVE, LOADS = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Run:
    """A sync as the table and the chart show it; `status` is that of the chart's colours."""

    update: PricingUpdate
    state: str
    status: str
    seconds: float
    duration: str


def dashboard() -> dict[str, Any]:
    """The context of the page, in eight queries."""
    now = timezone.now()
    update = PricingUpdate.objects.latest_completed()
    return {
        "catalog": offer(update) if update else None,
        "state": _state(update, now),
        "runs": _runs(),
        "moved": _last_moved(),
        "people": _people(now - ACTIVE),
        "clients": _clients(now - ACTIVE),
        "uses": usage.of(None, (now - ACTIVE).date()),
        "loads": _loads(now - LOADS),
    }


def _state(update: PricingUpdate | None, now: datetime) -> str:
    if update is None:
        return "The catalog is empty: no sync has completed."
    if update.source == SAMPLE:
        return "These prices are the bundled sample, not today's. Set GOOGLE_API_KEY and sync."
    return offer(update).freshness.warning(now)


def _runs() -> Sequence[Run]:
    return [
        Run(
            run,
            state := state_name(run),
            FAILED if state == CRASHED else state,
            seconds_of(run),
            duration_of(run),
        )
        for run in PricingUpdate.objects.defer("error_message").order_by("-id")[:RUNS]
    ]


def _last_moved() -> RunChanges | None:
    """The last sync in which prices moved, of those with changes lately, with its largest moves."""
    found, _ = read.runs(1)
    return next((run for run in found if run.largest), None)


def _people(since: datetime) -> int:
    """People who signed in, or for whom a token was used or renewed."""
    used = AccessToken.objects.filter(user=OuterRef("pk"), updated__gte=since)
    renewed = RefreshToken.objects.filter(user=OuterRef("pk"), created__gte=since)
    return User.objects.filter(Q(last_login__gte=since) | Exists(used) | Exists(renewed)).count()


def _clients(since: datetime) -> int:
    """Clients that got or renewed a token."""
    got = AccessToken.objects.filter(application=OuterRef("pk"), created__gte=since)
    renewed = RefreshToken.objects.filter(application=OuterRef("pk"), created__gte=since)
    return Client.objects.filter(Exists(got) | Exists(renewed)).count()


def _loads(since: datetime) -> dict[str, int]:
    loads = CostLoad.objects.filter(started_at__gte=since).order_by()
    return dict(loads.values_list("status").annotate(Count("pk")))
