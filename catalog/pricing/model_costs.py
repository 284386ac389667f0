"""What the same tokens cost at every model and cloud: by the scope, in the regions that list it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from catalog.pricing.decimals import EXACT, exact_sum
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.model_rate import (
    ANYWHERE,
    EVERYWHERE,
    LIFETIMES,
    Counted,
    ModelRate,
    ModelRates,
    RateSource,
)
from catalog.pricing.model_rates import every_rate

LONG = "long"


@dataclass(frozen=True, slots=True)
class TokenUse:
    """Text tokens of one kind, in the words of catalog/meters/meter.py; `context` is None if not said."""

    direction: str | None
    cache: str | None
    tier: str | None
    context: str | None


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What tokens cost at a model on a cloud.

    Args:
        model_id: the model.
        developer: who makes it.
        provider: the cloud.
        scope: "regional", "geo" or "global"; None if the price list does not say.
        region: the cheapest region of those with the most parts; "global" if it is the same everywhere,
            UNSAID if its list names none.
        rates: the rate of each kind of tokens that has one there.
        missing: the kinds without a price, so that `cost` lacks them.
        cost: at list price in USD, exact; None if nothing has a price.
        dearest: the same in the dearest region with the same parts.
        disputed: those of the missing kinds whose SKUs disagree.
        source: who says so: the provider, or a community's list of models that the provider does not list.
    """

    model_id: str
    developer: str
    provider: str
    scope: str | None
    region: str
    rates: Mapping[TokenUse, ModelRate]
    missing: tuple[TokenUse, ...]
    cost: Decimal | None
    dearest: Decimal | None
    disputed: tuple[TokenUse, ...] = ()
    source: RateSource = RateSource.LIST


class CostInRegions(NamedTuple):
    """What tokens cost in the regions of a scope where each kind has the same price since the same time."""

    cost: ModelCost
    regions: tuple[str, ...]


def cost_at_every_model(
    used: Mapping[TokenUse, Decimal], snapshot: Snapshot, only: Collection[tuple[str, str | None]] = ()
) -> list[ModelCost]:
    """Price the same tokens at every model and cloud that lists any of them.

    Args:
        used: tokens by kind.
        snapshot: the time whose list prices apply.
        only: of these (model id, cloud) alone, any cloud if it is None; all if empty.

    Returns:
        A row for each model, cloud and scope: whole ones before those that lack a price, the cheapest first.
        A kind whose SKUs disagree has no price.
    """
    found = [
        cost
        for rates in every_rate(snapshot).rates.values()
        for cost in _of_model(used, rates)
        if _is_wanted(cost, only)
    ]
    return sorted(found, key=_order)


def costs_by_region(
    used: Mapping[TokenUse, Decimal],
    rates: Iterable[ModelRates],
    only: Collection[tuple[str, str | None]] = (),
) -> list[CostInRegions]:
    """Price the same tokens at models, in each cloud, scope and region that lists any of them.

    Args:
        used: tokens by kind.
        rates: the list prices of each model.
        only: as for `cost_at_every_model`.

    Returns:
        Rows: whole ones before those that lack a price, the cheapest first. A kind whose SKUs disagree has no
        price.
    """
    alike: defaultdict[Hashable, list[ModelCost]] = defaultdict(list)
    every = (cost for each in rates for costs in _of_scopes(used, each) for cost in costs)
    for cost in every:
        if _is_wanted(cost, only):
            alike[_key(cost)].append(cost)
    rows = [CostInRegions(own[0], tuple(each.region for each in own)) for own in alike.values()]
    return sorted(rows, key=lambda row: (*_order(row.cost), row.regions))


def _is_wanted(cost: ModelCost, only: Collection[tuple[str, str | None]]) -> bool:
    return not only or (cost.model_id, None) in only or (cost.model_id, cost.provider) in only


def _key(cost: ModelCost) -> Hashable:
    prices = [(use, rate.price, rate.effective_time) for use, rate in cost.rates.items()]
    return cost.model_id, cost.provider, cost.scope, frozenset(prices), cost.missing, cost.disputed


def _order(cost: ModelCost) -> tuple[int, bool, Decimal, str, str, str]:
    amount = cost.cost or Decimal(0)
    return len(cost.missing), cost.cost is None, amount, cost.model_id, cost.provider, cost.scope or ""


def _of_scopes(used: Mapping[TokenUse, Decimal], rates: ModelRates) -> Iterator[list[ModelCost]]:
    """What tokens cost in each region, for each cloud and scope that lists any of them there."""
    plain = [each for each in rates.rates if is_plain(each.counted)]
    alike: defaultdict[tuple[str, str | None], list[ModelRate]] = defaultdict(list)
    for each in plain:
        alike[each.counted.provider, each.counted.scope].append(each)
    disputed = {(each.counted, each.region) for each in rates.conflicts}
    for own in alike.values():
        regions = sorted({each.region for each in own}.difference(ANYWHERE)) or [own[0].region]
        costs = [_in_region(used, own, region, disputed) for region in regions]
        if costs := [each for each in costs if each.rates]:
            yield costs


def _of_model(used: Mapping[TokenUse, Decimal], rates: ModelRates) -> Iterator[ModelCost]:
    for costs in _of_scopes(used, rates):
        most = min(len(each.missing) for each in costs)
        best = [each for each in costs if len(each.missing) == most and each.cost is not None]
        cheapest = min(best, key=lambda each: (each.cost or Decimal(0), each.region))
        dearest = max(each.cost for each in best if each.cost is not None)
        yield ModelCost(
            cheapest.model_id,
            cheapest.developer,
            cheapest.provider,
            cheapest.scope,
            cheapest.region if dearest != cheapest.cost or not cheapest.region else EVERYWHERE,
            cheapest.rates,
            cheapest.missing,
            cheapest.cost,
            dearest,
            source=cheapest.source,
        )


def _in_region(
    used: Mapping[TokenUse, Decimal],
    rates: Sequence[ModelRate],
    region: str,
    disputed: Collection[tuple[Counted, str]],
) -> ModelCost:
    near = (region, *ANYWHERE)
    own = [
        each
        for each in rates
        if each.region in near and not any((each.counted, one) in disputed for one in near)
    ]
    found = {use: rate for use in used if (rate := _rate(use, own, region))}
    first = rates[0]
    costs = [EXACT.multiply(used[use], rate.price) for use, rate in found.items()]
    cost = exact_sum(costs) if costs else None
    missing = tuple(use for use in used if use not in found)
    counted = first.counted
    whose = (counted.model_id, counted.provider, counted.scope)
    clashing = [
        each
        for each, where in disputed
        if where in near and (each.model_id, each.provider, each.scope) == whose and is_plain(each)
    ]
    return ModelCost(
        counted.model_id,
        first.developer,
        counted.provider,
        counted.scope,
        region,
        found,
        missing,
        cost,
        cost,
        tuple(use for use in missing if any(_is_of(each, use) for each in clashing)),
        first.source,
    )


def is_plain(counted: Counted) -> bool:
    """Whether it is text that the cloud itself sells, and not a cache of an hour: no bill says how long."""
    return counted.modality == "text" and counted.host == "" and counted.lifetime != LIFETIMES[-1]


def _is_of(counted: Counted, use: TokenUse) -> bool:
    contexts = (LONG,) if use.context == LONG else (None, "short")
    wanted = (use.direction, use.cache, use.tier)
    return (counted.direction, counted.cache, counted.tier) == wanted and counted.context in contexts


def _rate(use: TokenUse, rates: Iterable[ModelRate], region: str) -> ModelRate | None:
    """The rate of tokens: that of the region before one of everywhere, one that names its context first."""
    own = [each for each in rates if _is_of(each.counted, use)]
    own.sort(
        key=lambda each: (
            LIFETIMES.index(each.counted.lifetime),
            each.region != region,
            each.counted.context is None,
        )
    )
    return own[0] if own else None
