"""List prices of models by what is counted: SKUs of one thing fold into one rate if their prices are equal.

AWS lists most rates under two spellings, and Azure a meter for each group of regions. So a rate is looked up
by all that tells prices apart. SKUs that agree in it and not in the price are a conflict, which has no rate.
A model that no price list of a cloud has is priced there by a list that a community keeps, marked as such.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q, QuerySet

from catalog.errors import CatalogError
from catalog.meters.meter import Meter, UsageKind
from catalog.models import Service, SkuModel
from catalog.pricing.community_rates import community_rates
from catalog.pricing.decimals import EXACT
from catalog.pricing.list_prices import Listing, ListPrice, Snapshot, look_up
from catalog.pricing.memory import Memory
from catalog.pricing.model_rate import (
    EVERYWHERE,
    Counted,
    ModelRate,
    ModelRates,
    RateConflict,
    holds_in,
    order,
)

COUNT = "count"
# Models that are kept in memory.
MAX_KEPT = 200
# Another product of Google's, with the same models at prices of its own.
_OTHER_PRODUCT = " product=gemini-api "


class RateConflictError(CatalogError):
    """SKUs of one thing have different prices, so none can be quoted."""

    code = "no_price"


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
        model_id: the model, as the table of names has it; one that it lacks is called as its price list does.
        provider: only of this one.
        region: only where it is sold there or everywhere, by its code.
        kind: what is counted.

    Returns:
        The rates. A SKU without a price, with tiers, or whose unit does not say how many tokens it is, has no
        rate: that is unknown, not free. The rates of a provider that lists no SKU of the model are a
        community's. Takes two queries, or none if they are kept.
    """
    rates = _of_model(snapshot, model_id, kind)
    if provider is None and region is None:
        return rates
    return ModelRates(
        tuple(each for each in rates.rates if _is_asked(each, provider, region)),
        tuple(each for each in rates.conflicts if _is_asked(each, provider, region)),
    )


def _of_model(snapshot: Snapshot, model_id: str, kind: UsageKind) -> ModelRates:
    """All rates of a model, which are kept as those of `every_rate` are."""
    key, state = f"{kind.value} {model_id}", snapshot.state if snapshot.as_of is None else None
    kept = _one.find([key], state).get(key)
    if kept is None or not _holds(kept.until, snapshot):
        kept = _read_one(snapshot, model_id, kind)
        _one.keep({key: kept}, state)
    snapshot.services.update(kept.services)
    return kept.rates[model_id]


def _read_one(snapshot: Snapshot, model_id: str, kind: UsageKind) -> EveryRate:
    return _read(skus_counting(kind).filter(_named([model_id])), snapshot, kind, [model_id])


def _named(model_ids: Collection[str]) -> Q:
    return Q(model_id__in=model_ids) | Q(model_id=None, billing_model__in=model_ids)


def rates_of_models(model_ids: Collection[str], snapshot: Snapshot) -> dict[str, ModelRates]:
    """The list prices of tokens of some models, as `rates_of`. Takes two queries for all of them.

    Args:
        model_ids: the models, as the table of names has them.
        snapshot: the time; gets the services that were found.
    """
    found = skus_counting(UsageKind.TOKENS).filter(_named(model_ids))
    every = _read(found, snapshot, UsageKind.TOKENS, model_ids)
    snapshot.services.update(every.services)
    return {name: rates for name, rates in every.rates.items() if rates.rates or rates.conflicts}


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
    if kept is None or not _holds(kept.until, snapshot):
        kept = _read_every(snapshot, kind)
        _every.keep({key: kept}, state)
    snapshot.services.update(kept.services)
    return kept


def _read_every(snapshot: Snapshot, kind: UsageKind) -> EveryRate:
    return _read(skus_counting(kind), snapshot, kind, None)


def _read(
    found: QuerySet[SkuModel], snapshot: Snapshot, kind: UsageKind, model_ids: Collection[str] | None
) -> EveryRate:
    """The rates of SKUs, and a community's of models that have none; `model_ids` None asks for all models."""
    by_sku = {row.sku_id: row for row in found}
    listings = look_up(by_sku, snapshot)
    every = _by_model(_rates(by_sku, listings))
    others = community_rates(snapshot, kind, {(row.provider, _model(row)) for row in by_sku.values()})
    names = sorted({*every, *others} if model_ids is None else {*model_ids})
    rates = {name: _joined(every.get(name, ModelRates(())), others.get(name, ())) for name in names}
    return EveryRate(_until(listings, snapshot), rates, _services(listings))


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


def _services(listings: Mapping[str, Listing]) -> dict[str, Service]:
    return {each.sku.service_id: each.sku.service for each in listings.values()}


def _holds(until: datetime | None, snapshot: Snapshot) -> bool:
    return until is None or until > snapshot.at


def skus_counting(kind: UsageKind) -> QuerySet[SkuModel]:
    """What the SKUs count that price something of a kind of a model that has a name."""
    found = SkuModel.objects.filter(kind=kind, sku__retired_at=None).exclude(model_id=None, billing_model="")
    return found.exclude(sku__attributes__facts__contains=_OTHER_PRODUCT)


def _joined(rates: ModelRates, others: Sequence[ModelRate]) -> ModelRates:
    return ModelRates(tuple(sorted((*rates.rates, *others), key=order)), rates.conflicts) if others else rates


def _is_asked(rate: ModelRate | RateConflict, provider: str | None, region: str | None) -> bool:
    return provider in (None, rate.counted.provider) and (region is None or holds_in(rate.region, region))


def forget() -> None:
    """Empty the memory, as between tests."""
    _every.forget()
    _one.forget()


def _until(listings: Mapping[str, Listing], snapshot: Snapshot) -> datetime | None:
    """When the next price takes effect; None if none is known to."""
    times = (price.info.effective_time for each in listings.values() for price in each.history)
    return min((time for time in times if time and time > snapshot.at), default=None)


def _rates(rows: Mapping[str, SkuModel], listings: Mapping[str, Listing]) -> ModelRates:
    same: defaultdict[tuple[Counted, str], list[_Priced]] = defaultdict(list)
    for each in _priced(rows, listings):
        same[_counted(each.row), each.region].append(each)
    folded = [_folded(counted, code, found) for (counted, code), found in same.items()]
    rates = sorted((each for each in folded if isinstance(each, ModelRate)), key=order)
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
_one: Memory[str, EveryRate] = Memory(MAX_KEPT)


@dataclass(frozen=True, slots=True)
class _Priced:
    """A SKU's price of one thing, in one region."""

    row: SkuModel
    listed: ListPrice
    region: str
    price: Decimal


def _priced(rows: Mapping[str, SkuModel], listings: Mapping[str, Listing]) -> Iterator[_Priced]:
    for sku_id, listing in sorted(listings.items()):
        listed = listing.list_price
        price = _of_one(listed) if listed else None
        if listed is None or price is None:
            continue
        for code in _regions(listing):
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
    return Counted(row.provider, _model(row), row.kind, *axes, row.variant)


def _model(row: SkuModel) -> str:
    """The model of a SKU; one that the table of names lacks is called as its price list does."""
    return row.model_id or row.billing_model
