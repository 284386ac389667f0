"""Whether this process can answer: for the load balancer, the orchestrator and who watches the server."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import NotRequired, TypedDict

from django.db import Error, connection
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from catalog.models import PricingUpdate
from catalog.pricing.freshness import MAX_AGE, offer
from costs.models import CostLoad


class Check(TypedDict):
    """One part. Only `ok` of the database and the migrations decides; ages are for who watches."""

    ok: bool
    age_seconds: NotRequired[int | None]
    missing: NotRequired[int]


class Readiness(TypedDict):
    status: str
    checks: dict[str, Check]


NEEDED = frozenset({"database", "migrations"})


def readiness() -> Readiness:
    """The state of what answers depend on.

    Returns:
        `status` is "ready", or "unavailable" if every answer would be an error. The log says why: whoever
        asks here may be a stranger.
    """
    checks: dict[str, Check] = {"database": {"ok": True}}
    try:
        checks["migrations"] = _migrations()
        if checks["migrations"]["ok"]:
            checks |= {"catalog": _catalog(), "costs": _costs()}
    except Error:
        checks["database"] = {"ok": False}
    is_ready = all(checks[name]["ok"] for name in NEEDED & checks.keys())
    return {"status": "ready" if is_ready else "unavailable", "checks": checks}


def _migrations() -> Check:
    """A newer database than this version serves: it was migrated ahead of an update, or the update undone."""
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return {"ok": False, "missing": len(_graph().nodes)}
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    # The last migration of an app cannot have run without those before.
    is_done = applied.issuperset(_graph().leaf_nodes())
    return {"ok": is_done, "missing": 0 if is_done else len(_graph().nodes.keys() - applied)}


@cache
def _graph() -> MigrationGraph:
    graph: MigrationGraph = MigrationLoader(None).graph
    return graph


def _catalog() -> Check:
    update = PricingUpdate.objects.latest_completed()
    synced_at = offer(update).freshness.synced_at if update else None
    age = _age([synced_at])
    return {"ok": age is not None and age <= MAX_AGE.total_seconds(), "age_seconds": age}


def _costs() -> Check:
    """Whether loads run well is not told here: what people pay is not for strangers."""
    published = CostLoad.objects.filter(status__in=CostLoad.PUBLISHED).order_by("-current_from")
    return {"ok": True, "age_seconds": _age(published.values_list("current_from", flat=True)[:1])}


def _age(times: Iterable[datetime | None]) -> int | None:
    seen = next(iter(times), None)
    return max(0, round((timezone.now() - seen).total_seconds())) if seen else None
