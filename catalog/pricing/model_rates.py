"""List prices of models by what is counted: SKUs of one thing fold into one rate if their prices are equal.

AWS lists most rates under two spellings, and Azure a meter for each group of regions. So a rate is looked up
by all that tells prices apart. SKUs that agree in it and not in the price are a conflict, which has no rate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from catalog.errors import CatalogError
from catalog.meters.meter import Meter, UsageKind
from catalog.models import Service, SkuModel
from catalog.pricing.decimals import EXACT
from catalog.pricing.list_prices import Listing, ListPrice, Snapshot, look_up
from catalog.pricing.memory import Memory

COUNT = "count"
# Where a SKU is sold that names no region, and one that is listed for all.
EVERYWHERE = "global"


class RateConflictError(CatalogError):
    """SKUs of one thing have different prices, so none can be quoted."""

    code = "no_price"


class Counted(NamedTuple):
    """What a rate is of, in the words of catalog/meters/meter.py."""

    provider: str
    model_id: str
    kind: str
    direction: str | None
    cache: str | None
    modality: str | None
    tier: str | None
    scope: str | None
    context: str | None
    variant: str = ""


@dataclass(frozen=True, slots=True)
class ModelRate:
    """The list price of one token, request or other thing that is counted, in USD.

    Args:
        counted: what it is of.
        developer: who makes the model.
        region: where it holds, a code of the provider; "global" if everywhere.
        price: of one, exact.
        sku_ids: the SKUs that say so, the first by id first.
        pricing_info_ids: their price rows, for the proof.
        effective_time: since when, by the first SKU; None if unknown.
    """

    counted: Counted
    developer: str
    region: str
    price: Decimal
    sku_ids: tuple[str, ...]
    pricing_info_ids: tuple[int, ...]
    effective_time: datetime | None


@dataclass(frozen=True, slots=True)
class RateConflict:
    """One thing with several prices in a region: the SKUs by the price of one of it, in USD."""

    counted: Counted
    region: str
    sku_ids: Mapping[Decimal, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ModelRates:
    """The list prices of a model, sorted by what is counted, and what has no rate as its SKUs disagree."""

    rates: tuple[ModelRate, ...]
    conflicts: tuple[RateConflict, ...] = ()


def counted_by(provider: str, model_id: str, meter: Meter) -> Counted:
    """What a meter of a bill counts of a model, to look its rate up."""
    kind = meter.kind.value if meter.kind else ""
    axes = (meter.direction, meter.cache, meter.modality, meter.tier, meter.scope, meter.context)
    return Counted(provider, model_id, kind, *axes, meter.variant)


def rates_of(
    snapshot: Snapshot,
    *,
    model_id: str,
    provider: str | None = None,
    region: str | None = None,
    kind: UsageKind = UsageKind.TOKENS,
) -> ModelRates:
    """The list prices of a model at a snapshot: one for each thing counted and each region.

    Args:
        snapshot: the time; gets the services that were found.
        model_id: the model, as the table of names has it.
        provider: only of this one.
        region: only where it is sold there or everywhere, by its code.
        kind: what is counted.

    Returns:
        The rates. A SKU without a price, with tiers, or whose unit does not say how many tokens it is, has no
        rate: that is unknown, not free.
    """
    found = SkuModel.objects.filter(model_id=model_id, kind=kind, sku__retired_at=None)
    rows = {row.sku_id: row for row in (found.filter(provider=provider) if provider else found)}
    return _rates(rows, look_up(rows, snapshot), region)


def rates_of_models(model_ids: Collection[str], snapshot: Snapshot) -> dict[str, ModelRates]:
    """The list prices of tokens of some models, as `rates_of`. Takes two queries for all of them.

    Args:
        model_ids: the models, as the table of names has them.
        snapshot: the time; gets the services that were found.
    """
    tokens = skus_counting(UsageKind.TOKENS)
    rows = {row.sku_id: row for row in tokens.filter(model_id__in=model_ids)} if model_ids else {}
    return _by_model(_rates(rows, look_up(rows, snapshot), None)) if rows else {}


class EveryRate(NamedTuple):
    """The rates of all models, which hold `until` another price takes effect; None if none is known to."""

    until: datetime | None
    rates: Mapping[str, ModelRates]
    services: Mapping[str, Service]


def every_rate(snapshot: Snapshot, kind: UsageKind = UsageKind.TOKENS) -> EveryRate:
    """The list prices of all models by their ids, and for how long they hold.

    A model that the table of names lacks is called as its price list calls it.
    They are kept until a sync changes the tables, or the next price takes effect. Takes two queries, or none
    if they are kept.
    """
    key = kind.value
    state = snapshot.state if snapshot.as_of is None else None
    kept = _every.find([key], state).get(key)
    if kept is None or (kept.until is not None and kept.until <= snapshot.at):
        kept = _read_every(snapshot, kind)
        _every.keep({key: kept}, state)
    snapshot.services.update(kept.services)
    return kept


def skus_counting(kind: UsageKind) -> QuerySet[SkuModel]:
    """What the SKUs count that price something of a kind of a model that has a name."""
    return SkuModel.objects.filter(kind=kind, sku__retired_at=None).exclude(model_id=None, billing_model="")


def _read_every(snapshot: Snapshot, kind: UsageKind) -> EveryRate:
    by_sku = {row.sku_id: row for row in skus_counting(kind)}
    listings = look_up(by_sku, snapshot)
    found = _rates(by_sku, listings, None)
    every = _by_model(found)
    until = min((time for each in listings.values() for time in _later(each, snapshot)), default=None)
    return EveryRate(until, every, {each.sku.service_id: each.sku.service for each in listings.values()})


def _by_model(found: ModelRates) -> dict[str, ModelRates]:
    rates: defaultdict[str, list[ModelRate]] = defaultdict(list)
    conflicts: defaultdict[str, list[RateConflict]] = defaultdict(list)
    for rate in found.rates:
        rates[rate.counted.model_id].append(rate)
    for conflict in found.conflicts:
        conflicts[conflict.counted.model_id].append(conflict)
    return {
        name: ModelRates(tuple(rates[name]), tuple(conflicts[name])) for name in sorted({*rates, *conflicts})
    }


def forget() -> None:
    """Empty the memory, as between tests."""
    _every.forget()


def _later(listing: Listing, snapshot: Snapshot) -> Iterator[datetime]:
    """When further prices of a SKU take effect."""
    times = (price.info.effective_time for price in listing.history)
    return (time for time in times if time and time > snapshot.at)


def _rates(rows: Mapping[str, SkuModel], listings: Mapping[str, Listing], region: str | None) -> ModelRates:
    same: defaultdict[tuple[Counted, str], list[_Priced]] = defaultdict(list)
    for each in _priced(rows, listings, region):
        same[_counted(each.row), each.region].append(each)
    folded = [_folded(counted, code, found) for (counted, code), found in same.items()]
    rates = sorted((each for each in folded if isinstance(each, ModelRate)), key=_order)
    return ModelRates(tuple(rates), tuple(each for each in folded if isinstance(each, RateConflict)))


def rate_of(snapshot: Snapshot, counted: Counted, region: str) -> ModelRate | None:
    """The list price of one thing in a region, or None if no SKU of it has a price there.

    Raises:
        RateConflictError: SKUs of it have different prices; the error has them all.
    """
    kind = UsageKind(counted.kind)
    found = rates_of(snapshot, model_id=counted.model_id, provider=counted.provider, region=region, kind=kind)
    for conflict in found.conflicts:
        if conflict.counted == counted:
            ids = [sku_id for same in conflict.sku_ids.values() for sku_id in same]
            thing = f"{counted.model_id} in {region}"
            raise RateConflictError(
                f"SKUs {' and '.join(ids)} have different prices for one thing, {thing}.",
                hint="Send the sku_id of the one that is meant.",
                candidates=ids,
            )
    return next((rate for rate in found.rates if rate.counted == counted), None)


_every: Memory[str, EveryRate] = Memory(2)


@dataclass(frozen=True, slots=True)
class _Priced:
    """A SKU's price of one thing, in one region."""

    row: SkuModel
    listed: ListPrice
    region: str
    price: Decimal


def _priced(
    rows: Mapping[str, SkuModel], listings: Mapping[str, Listing], region: str | None
) -> Iterator[_Priced]:
    for sku_id, listing in sorted(listings.items()):
        listed = listing.list_price
        price = _of_one(listed) if listed else None
        if listed is None or price is None:
            continue
        for code in _regions(listing):
            if region in (None, code) or code == EVERYWHERE:
                yield _Priced(rows[sku_id], listed, code, price)


def _of_one(listed: ListPrice) -> Decimal | None:
    """The price of one of what is counted; None if it has tiers, or its unit is not known to be a count."""
    if listed.info.base_unit != COUNT or len(listed.tiers) != 1:
        return None
    return EXACT.divide(listed.first_paid, listed.usage_unit.factor) if listed.first_paid > 0 else None


def _regions(listing: Listing) -> Sequence[str]:
    return listing.sku.service_regions or [EVERYWHERE]


def _folded(counted: Counted, region: str, found: Sequence[_Priced]) -> ModelRate | RateConflict:
    by_price: defaultdict[Decimal, list[str]] = defaultdict(list)
    for each in found:
        by_price[each.price].append(each.row.sku_id)
    if len(by_price) > 1:
        return RateConflict(counted, region, {price: tuple(ids) for price, ids in by_price.items()})
    first = found[0]
    return ModelRate(
        counted=counted,
        developer=first.row.developer or "",
        region=region,
        price=first.price,
        sku_ids=tuple(by_price[first.price]),
        pricing_info_ids=tuple(each.listed.info.pk for each in found),
        effective_time=first.listed.info.effective_time,
    )


def _counted(row: SkuModel) -> Counted:
    axes = (row.direction, row.cache, row.modality, row.tier, row.scope, row.context)
    return Counted(row.provider, row.model_id or row.billing_model, row.kind, *axes, row.variant)


def _order(rate: ModelRate) -> tuple[str, ...]:
    return (*(value or "" for value in rate.counted), rate.region)
