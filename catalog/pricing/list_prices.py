"""SKUs with the list price in effect at a given time. Every tool reads prices here."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from catalog.models import PricingInfo, PricingTier, PricingUpdate, Service, Sku
from catalog.pricing.answers import utc_text
from catalog.pricing.memory import Memory, State, current_state
from catalog.pricing.price_rows import PriceRows, PriceTier, price_rows
from catalog.pricing.tiers import Aggregation, Price
from catalog.pricing.units import UsageUnit
from catalog.providers.records import LONG_AGO, NAMES

# SKUs that are kept in memory, with all their prices: one takes about 7 KB.
MAX_KEPT = 4000


@dataclass(frozen=True)
class ListPrice:
    """A row of pricing_info with its tiers, lowest first."""

    info: PricingInfo
    tiers: tuple[PricingTier | PriceTier, ...]

    @cached_property
    def usage_unit(self) -> UsageUnit:
        info = self.info
        factor = Decimal(info.base_unit_conversion_factor)
        return UsageUnit(info.usage_unit, info.usage_unit_description, info.base_unit, factor)

    @cached_property
    def named_unit(self) -> UsageUnit:
        """The usage unit with the name of the SKU, which says what a quantity may be of."""
        return replace(self.usage_unit, sku_name=self.info.sku.display_name)

    @cached_property
    def price(self) -> Price:
        info = self.info
        level, interval = info.aggregation_level or "", info.aggregation_interval or ""
        aggregation = Aggregation(level, interval, info.aggregation_count or 1)
        return Price(self.tiers, self.usage_unit.factor, aggregation)

    @property
    def first_paid(self) -> Decimal:
        """The price of a unit in the first tier that is not free, in USD; 0 if all are."""
        return next((tier.unit_price for tier in self.tiers if tier.unit_price), Decimal(0))

    @property
    def is_discount(self) -> bool:
        """Whether the price is negative: Google lists some discounts as SKUs."""
        return any(tier.unit_price < 0 for tier in self.tiers)


@dataclass(frozen=True, slots=True)
class Listing:
    """A SKU, its list price at a snapshot (None if it had none then), and all its prices, newest first."""

    sku: Sku
    list_price: ListPrice | None
    history: tuple[ListPrice, ...]

    @property
    def provider_name(self) -> str:
        return NAMES.get(self.sku.provider, self.sku.provider)

    def first_price_after(self, at: datetime) -> ListPrice | None:
        """The price with which the SKU began, if that was after `at`."""
        priced = [price for price in self.history if price.tiers]
        first = min(priced, key=_took_effect, default=None)
        return first if first and _took_effect(first)[0] > at else None

    def is_priced_since(self, at: datetime) -> bool:
        """Whether the SKU began between `at` and now."""
        first = self.first_price_after(at)
        return first is not None and _took_effect(first)[0] <= timezone.now()

    def why_unpriced(self, at: datetime) -> str:
        """Why the SKU has no list price at `at`, in a sentence: since when it has one, or until when."""
        if first := self.first_price_after(at):
            began = _took_effect(first)[0]
            then, since = _apart(at, began)
            verb = "takes" if began > timezone.now() else "took"
            return f"No price is known for {then}; the first {verb} effect on {since}."
        if not any(price.tiers for price in self.history):
            return f"{self.provider_name} lists no price for this SKU."
        ends = [_took_effect(price)[0] for price in self.history if not price.tiers]
        then, until = _apart(at, max(end for end in ends if end <= at))
        return f"No price is known for {then}; {self.provider_name} withdrew the last one on {until}."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A time, the latest sync completed by then, and the latest of all (None before the first sync).

    `is_capped` means that the requested time is in the future, so `at` is the present instead. `services` are
    those that an answer from this snapshot speaks of; whoever reads SKUs or services for it adds them.
    `as_of` is the requested time, None if none was. `state` is that of the tables, if memory may be used.
    """

    at: datetime
    update: PricingUpdate | None
    latest: PricingUpdate | None
    is_capped: bool = False
    services: dict[str, Service] = field(default_factory=dict)
    as_of: datetime | None = None
    state: State | None = None


class _Record(NamedTuple):
    """A SKU and all its prices, newest first."""

    sku: Sku
    history: tuple[ListPrice, ...]


_latest: Memory[None, PricingUpdate | None] = Memory(1)
_records: Memory[str, _Record] = Memory(MAX_KEPT)


def forget() -> None:
    """Empty the memory, as between tests."""
    _latest.forget()
    _records.forget()


def snapshot(as_of: datetime | None = None, latest: PricingUpdate | None = None) -> Snapshot:
    """The snapshot to answer from: at `as_of`, or at the present if that is omitted or in the future.

    Args:
        as_of: the requested time, aware.
        latest: the latest completed sync, if the caller has already read it.

    Returns:
        The snapshot. Takes one small query; another one if there is an `as_of`, or the tables have changed
        since the last call.
    """
    now, state = timezone.now(), current_state()
    if as_of is None:
        latest = latest or _latest_of(state)
        return Snapshot(now, latest, latest, state=state)
    at = min(as_of, now)
    latest, update = PricingUpdate.objects.latest_and_by(at)
    return Snapshot(at, update, latest, is_capped=as_of > now, as_of=as_of, state=state)


def _latest_of(state: State | None) -> PricingUpdate | None:
    kept = _latest.find([None], state)
    if not kept:
        kept = {None: PricingUpdate.objects.latest_completed()}
        _latest.keep(kept, state)
    return kept[None]


def look_up(sku_ids: Iterable[str], snapshot: Snapshot) -> dict[str, Listing]:
    """SKUs with their prices: from memory, or in one query.

    The price row that applies is chosen here rather than in SQL: a SKU has few of them, and Django takes
    four times as long to compile that query as this one takes in all. So memory serves all times alike.

    Args:
        sku_ids: ids as the catalog spells them.
        snapshot: the time whose prices apply.

    Returns:
        Listings by SKU id; unknown ids are left out.
    """
    ids = dict.fromkeys(sku_ids)
    records = _records.find(ids, snapshot.state)
    if missing := ids.keys() - records.keys():
        read = _read(missing)
        _records.keep(read, snapshot.state)
        records |= read
    found = {sku_id: _listing(records[sku_id], snapshot) for sku_id in ids if sku_id in records}
    snapshot.services.update((listing.sku.service_id, listing.sku.service) for listing in found.values())
    return found


def _read(sku_ids: AbstractSet[str]) -> dict[str, _Record]:
    return {rows.sku.pk: _Record(rows.sku, _newest_first(rows)) for rows in price_rows(sku_ids)}


def _newest_first(rows: PriceRows) -> tuple[ListPrice, ...]:
    prices = [ListPrice(info, tuple(tiers)) for info, tiers in rows.prices]
    return tuple(sorted(prices, key=_took_effect, reverse=True))


def _listing(record: _Record, snapshot: Snapshot) -> Listing:
    return Listing(record.sku, in_effect(record.history, snapshot), record.history)


def in_effect(prices: Iterable[ListPrice], snapshot: Snapshot) -> ListPrice | None:
    """The price of a SKU that was in effect at a snapshot.

    Only rows from syncs completed by then count, and of those the latest to take effect: a question about the
    past gets the answer that it got then, whatever was learned since. For a time before the first sync, the
    rows learned first count instead, for the same reason.

    Args:
        prices: all prices of one SKU.
        snapshot: the time whose price is wanted.

    Returns:
        The price, or None if the SKU had none.
    """
    synced_at = snapshot.update.completed_at if snapshot.update else None
    begun = [price for price in prices if _took_effect(price)[0] <= snapshot.at]
    known = [price for price in begun if synced_at is not None and price.info.created_at <= synced_at]
    if begun and not known:
        first = min(price.info.created_at for price in begun)
        known = [price for price in begun if price.info.created_at == first]
    price = max(known, key=_took_effect, default=None)
    # A price row without tiers records that the provider withdrew the price.
    return price if price and price.tiers else None


def _apart(one: datetime, other: datetime) -> tuple[str, str]:
    """The days of two times in UTC, or the times if the day is the same."""
    days = [time.astimezone(UTC).date().isoformat() for time in (one, other)]
    return (days[0], days[1]) if days[0] != days[1] else (utc_text(one), utc_text(other))


def _took_effect(price: ListPrice) -> tuple[datetime, int]:
    return price.info.effective_time or LONG_AGO, price.info.pk
