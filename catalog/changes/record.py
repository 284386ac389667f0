"""Records what each served run changed, once, at the end of a sync: pages that list it then read a few rows.

A run's changes are those that the tables recorded since the served run that completed before it. So each
change belongs to one run, whether tasks ran side by side or a run before it failed half-way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from catalog.changes.moves import Move, move
from catalog.models import PricingInfo, PricingUpdate, Sku, SkuChange
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Listing, ListPrice, Snapshot, look_up
from catalog.providers.records import LONG_AGO

Kind = SkuChange.Kind
# SKUs whose prices are compared together.
CHUNK = 500


def record() -> None:
    """Record the changes of all served runs that have not been, the earliest first."""
    since = LONG_AGO
    for update in PricingUpdate.objects.served().only("completed_at", "changes"):
        until = update.completed_at or since
        if update.changes is None:
            _record(update, since, until)
        since = until


def _record(update: PricingUpdate, since: datetime, until: datetime) -> None:
    known, first_loads = _services(since, until)
    changes = [
        *_moves(since, until),
        *_of_kind(Kind.WITHDRAWN, Sku.objects.filter(retired_at__gt=since, retired_at__lte=until)),
        *_of_kind(Kind.RETURNED, _returned()),
        *_of_kind(Kind.NEW, _created(since, until).filter(service_id__in=known)),
    ]
    counts: dict[str, int] = dict(Counter(change.kind for change in changes))
    if first_loads:
        counts |= {"loaded": sum(first_loads.values()), "services_loaded": len(first_loads)}
    counts["total"] = len(changes) + counts.get("loaded", 0)
    for place, change in enumerate(changes, 1):
        change.update, change.place = update, place
    with transaction.atomic():
        # Another task of the same job may have recorded it meanwhile.
        if PricingUpdate.objects.filter(pk=update.pk, changes__isnull=True).update(changes=counts):
            SkuChange.objects.bulk_create(changes)


def _created(since: datetime, until: datetime) -> QuerySet[Sku]:
    return Sku.objects.filter(created_at__gt=since, created_at__lte=until)


def _services(since: datetime, until: datetime) -> tuple[list[str], dict[str, int]]:
    """The services with new SKUs: those that had SKUs before, and the others with their numbers of SKUs.

    The first SKUs of a service are not new at the provider, they are new to the catalog.
    """
    rows = _created(since, until).order_by().values_list("service_id").annotate(Count("pk"))
    created = dict(rows)
    before = Sku.objects.filter(service_id__in=created, created_at__lte=since)
    known = set(before.order_by().values_list("service_id", flat=True).distinct()) if created else set()
    return sorted(known), {service: skus for service, skus in created.items() if service not in known}


def _moves(since: datetime, until: datetime) -> list[SkuChange]:
    """The prices that moved: the largest in percent first, those without percent last."""
    recorded = PricingInfo.objects.filter(
        created_at__gt=since, created_at__lte=until, sku__created_at__lte=since
    )
    sku_ids = list(recorded.order_by("sku_id").values_list("sku_id", flat=True).distinct())
    found = [
        (listing, moved)
        for start in range(0, len(sku_ids), CHUNK)
        for listing in _listings(sku_ids[start : start + CHUNK], until)
        if (moved := move(_known_at(listing, since), _known_at(listing, until)))
    ]
    found.sort(key=lambda each: (*_size(each[1]), each[0].sku.display_name, each[0].sku.pk))
    return [_moved(listing, moved, since, until) for listing, moved in found]


def _listings(sku_ids: Sequence[str], until: datetime) -> Iterator[Listing]:
    yield from look_up(sku_ids, Snapshot(until, None, None)).values()


def _known_at(listing: Listing, time: datetime) -> ListPrice | None:
    """The latest price row of a SKU that had been recorded by then."""
    return next((price for price in listing.history if price.info.created_at <= time), None)


def _size(moved: Move) -> tuple[bool, Decimal]:
    return moved.percent is None, -abs(moved.percent or Decimal(0))


def _moved(listing: Listing, moved: Move, since: datetime, until: datetime) -> SkuChange:
    before, after = _known_at(listing, since), _known_at(listing, until)
    return SkuChange(
        kind=moved.kind,
        sku_id=listing.sku.pk,
        before=before.info if before else None,
        after=after.info if after else None,
        change_percent=None if moved.percent is None else plain(moved.percent),
    )


def _of_kind(kind: SkuChange.Kind, skus: QuerySet[Sku]) -> list[SkuChange]:
    ordered = skus.order_by("service__display_name", "display_name", "pk")
    return [SkuChange(kind=kind, sku_id=sku_id) for sku_id in ordered.values_list("pk", flat=True)]


def _returned() -> QuerySet[Sku]:
    """The SKUs that are offered although the last that was recorded of them is their withdrawal."""
    changes = SkuChange.objects.filter(kind__in=(Kind.WITHDRAWN, Kind.RETURNED))
    last = changes.filter(sku=OuterRef("pk")).order_by("-id").values("kind")[:1]
    withdrawn = Q(pk__in=changes.filter(kind=Kind.WITHDRAWN).values("sku"))
    return Sku.objects.offered().filter(withdrawn).annotate(last=Subquery(last)).filter(last=Kind.WITHDRAWN)
