"""SKUs as the price list had them at a moment: the one way in which answers read SKUs with prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from operator import attrgetter

from django.utils import timezone

from catalog.models import PricingInfo, PricingTier, PricingUpdate, Sku
from catalog.pricing.tiers import Aggregation, Price
from catalog.pricing.units import UsageUnit
from catalog.providers.records import LONG_AGO


@dataclass(frozen=True)
class ListPrice:
    """A row of pricing_info with its tiers, lowest first."""

    info: PricingInfo
    tiers: tuple[PricingTier, ...]

    @cached_property
    def usage_unit(self) -> UsageUnit:
        info = self.info
        factor = Decimal(info.base_unit_conversion_factor)
        return UsageUnit(info.usage_unit, info.usage_unit_description, info.base_unit, factor)

    @cached_property
    def price(self) -> Price:
        info = self.info
        level, interval = info.aggregation_level or "", info.aggregation_interval or ""
        aggregation = Aggregation(level, interval, info.aggregation_count or 1)
        return Price(self.tiers, self.usage_unit.factor, aggregation)


@dataclass(frozen=True, slots=True)
class Listing:
    """A SKU with its list price, None where no rate was known, and all that it had, newest first."""

    sku: Sku
    list_price: ListPrice | None
    history: tuple[ListPrice, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment, the latest sync that had completed by then, and the latest of all; None before the first.

    `is_capped` says that the moment asked for lies ahead, so that the present stands for it.
    """

    at: datetime
    update: PricingUpdate | None
    latest: PricingUpdate | None
    is_capped: bool = False


def snapshot(as_of: datetime | None = None, latest: PricingUpdate | None = None) -> Snapshot:
    """The moment that a question is about: `as_of`, or now where that is left out or still lies ahead.

    Args:
        as_of: the moment asked for.
        latest: the latest completed sync, where the caller has it at hand.
    """
    now = timezone.now()
    if as_of is None:
        latest = latest or PricingUpdate.objects.latest_completed()
        return Snapshot(now, latest, latest)
    at = min(as_of, now)
    latest, update = PricingUpdate.objects.latest_and_by(at)
    return Snapshot(at, update, latest, is_capped=as_of > now)


def look_up(sku_ids: Iterable[str], snapshot: Snapshot) -> dict[str, Listing]:
    """The SKUs by id with their prices: one query, and a second where a SKU is unknown or has no price.

    Which of a SKU's price rows applies is decided here rather than in SQL: a SKU has few of them, and
    Django takes four times as long to write that query as this one takes in all.
    """
    ids = set(sku_ids)
    prices: dict[str, list[ListPrice]] = {}
    for price in _list_prices(ids):
        prices.setdefault(price.info.sku_id, []).append(price)
    found = {sku_id: _listing(rows, snapshot) for sku_id, rows in prices.items()}
    if missing := ids - found.keys():
        unpriced = Sku.objects.filter(pk__in=missing).select_related("service")
        found |= {sku.pk: Listing(sku, None, ()) for sku in unpriced}
    return found


def _list_prices(sku_ids: Iterable[str]) -> list[ListPrice]:
    rows: dict[int, tuple[PricingInfo, list[PricingTier]]] = {}
    for info, tier in PricingInfo.objects.with_tiers(sku_ids):
        _, tiers = rows.setdefault(info.pk, (info, []))
        if tier:
            tiers.append(tier)
    return [ListPrice(info, tuple(sorted(tiers, key=attrgetter("start")))) for info, tiers in rows.values()]


def _listing(prices: Iterable[ListPrice], snapshot: Snapshot) -> Listing:
    history = sorted(prices, key=_took_effect, reverse=True)
    return Listing(history[0].info.sku, in_effect(history, snapshot), tuple(history))


def in_effect(prices: Iterable[ListPrice], snapshot: Snapshot) -> ListPrice | None:
    """The price, of one SKU's, that answers "what does it cost?" at the snapshot's moment.

    Rows known from a sync that had completed by then go first, and of those the one that took effect
    last: so a question about a past moment is answered as it was answered then, whatever was learned
    since. A moment before the first sync is answered from what was learned first, for the same reason.
    """
    synced_at = snapshot.update.completed_at if snapshot.update else None
    begun = [price for price in prices if _took_effect(price)[0] <= snapshot.at]
    known = [price for price in begun if synced_at is not None and price.info.created_at <= synced_at]
    if begun and not known:
        first = min(price.info.created_at for price in begun)
        known = [price for price in begun if price.info.created_at == first]
    price = max(known, key=_took_effect, default=None)
    # A price row without tiers records that the provider took the price back.
    return price if price and price.tiers else None


def _took_effect(price: ListPrice) -> tuple[datetime, int]:
    return price.info.effective_time or LONG_AGO, price.info.pk
