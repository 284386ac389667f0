"""Reads what syncs changed, in pages of bounded size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from catalog.changes.moves import Move, move
from catalog.errors import NotFoundError
from catalog.models import PricingInfo, PricingTier, PricingUpdate, SkuChange
from catalog.pricing.list_prices import ListPrice

RUNS = 20
CHANGES = 100
# The moves of a run that a list of runs shows.
LARGEST = 3

# What no page of changes shows.
_UNREAD = (
    *(f"sku__{name}" for name in ("category_json", "geo_taxonomy_regions", "service_regions", "description")),
    *(
        f"{side}__{name}"
        for side in ("before", "after")
        for name in ("pricing_expression_json", "aggregation_json")
    ),
)


@dataclass(frozen=True, slots=True)
class RunChanges:
    """A run that changed something, with its largest moves."""

    update: PricingUpdate
    largest: Sequence[SkuChange]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a SKU, with the price rows of a move."""

    row: SkuChange
    before: ListPrice | None = None
    after: ListPrice | None = None
    move: Move | None = None


def runs(page: int) -> tuple[list[RunChanges], bool]:
    """A page of the runs that changed something, the latest first, and whether more follow; two queries."""
    start = (page - 1) * RUNS
    found = list(PricingUpdate.objects.with_changes()[start : start + RUNS + 1])
    shown = found[:RUNS]
    largest: defaultdict[int, list[SkuChange]] = defaultdict(list)
    if shown:
        rows = SkuChange.objects.filter(
            update__in=shown, place__lte=LARGEST, change_percent__isnull=False
        ).select_related("sku__service")
        for row in rows.defer(*_UNREAD):
            largest[row.update_id].append(row)
    return [RunChanges(update, largest[update.pk]) for update in shown], len(found) > RUNS


def run(update_id: int) -> PricingUpdate:
    """A run whose changes have been recorded.

    Raises:
        NotFoundError: there is none of this number.
    """
    found = PricingUpdate.objects.served().filter(pk=update_id, changes__isnull=False).first()
    if found is None:
        raise NotFoundError(f"No changes are known of a sync {update_id}.", hint="/changes/ lists the syncs.")
    return found


def changes(update: PricingUpdate, page: int) -> list[Change]:
    """A page of the changes of a run, in their order; two queries."""
    last = page * CHANGES
    rows = list(
        SkuChange.objects.filter(update=update, place__gt=last - CHANGES, place__lte=last)
        .select_related("sku__service", "before", "after")
        .defer(*_UNREAD)
        .order_by("place")
    )
    infos = {info.pk: info for row in rows for info in (row.before, row.after) if info}
    prices = _list_prices(infos.values())
    return [_change(row, prices) for row in rows]


def _list_prices(infos: Iterable[PricingInfo]) -> dict[int, ListPrice]:
    by_id = {info.pk: info for info in infos}
    tiers: defaultdict[int, list[PricingTier]] = defaultdict(list)
    if by_id:
        for tier in PricingTier.objects.filter(pricing_info__in=by_id):
            tiers[tier.pricing_info_id].append(tier)
    return {
        pk: ListPrice(info, tuple(sorted(tiers[pk], key=attrgetter("start")))) for pk, info in by_id.items()
    }


def _change(row: SkuChange, prices: dict[int, ListPrice]) -> Change:
    if row.kind not in SkuChange.MOVES:
        return Change(row)
    before, after = (prices.get(pk) if pk else None for pk in (row.before_id, row.after_id))
    return Change(row, before, after, move(before, after))
