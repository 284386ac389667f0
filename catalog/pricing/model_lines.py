"""The list prices of all models side by side: a row for each model, cloud, scope, tier, context and price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from catalog.pricing.model_rate import Counted, ModelRate, ModelRates, RateSource

# The kinds of tokens that have a column, by direction and cache.
KINDS = {
    ("Input", "Uncached"): "input",
    ("Input", "Read"): "cached_input",
    ("Input", "Write"): "cache_write",
    ("Output", "Uncached"): "output",
}


class ModelLine(NamedTuple):
    """What the prices of a row have in common; an empty text is what the price list does not say.

    `source` is "list" or "community", which is no provider's word.
    """

    model: str
    developer: str
    cloud: str
    tier: str
    scope: str
    context: str
    modality: str
    variant: str
    source: str


class ListedRate(NamedTuple):
    """The price of one token in USD, exact, what says so (ModelRate's first of `sku_ids`), and since when."""

    price: Decimal
    sku_id: str
    effective_time: datetime | None


@dataclass(frozen=True, slots=True)
class ListedModel:
    """The prices of a model in the regions where all of them are alike.

    Args:
        line: what they are of.
        regions: where they hold, in order; empty if the list does not say.
        rates: by the values of KINDS.
        disputed: the kinds whose SKUs disagree in these regions, so that they have no price.
    """

    line: ModelLine
    regions: tuple[str, ...]
    rates: Mapping[str, ListedRate]
    disputed: tuple[str, ...] = ()


def lines_of(every: Mapping[str, ModelRates]) -> list[ListedModel]:
    """The rows of rates by model, in the order of the models. Regions with the same prices share one."""
    prices: defaultdict[tuple[ModelLine, str], dict[str, ModelRate]] = defaultdict(dict)
    disputed: defaultdict[tuple[ModelLine, str], list[str]] = defaultdict(list)
    for found in every.values():
        developers = {rate.counted.provider: rate.developer for rate in found.rates}
        for rate in found.rates:
            if kind := _kind(rate.counted):
                line = _line(rate.counted, rate.developer, rate.source)
                prices[line, rate.region][kind] = rate
        for conflict in found.conflicts:
            if kind := _kind(conflict.counted):
                developer = developers.get(conflict.counted.provider, "")
                line = _line(conflict.counted, developer, RateSource.LIST)
                disputed[line, conflict.region].append(kind)
    same: defaultdict[tuple[ModelLine, tuple[tuple[str, Decimal], ...], tuple[str, ...]], list[str]]
    same = defaultdict(list)
    for key in sorted({*prices, *disputed}):
        line, region = key
        amounts = tuple(sorted((kind, rate.price) for kind, rate in prices[key].items()))
        same[line, amounts, tuple(sorted(disputed[key]))].append(region)
    return [
        ListedModel(line, tuple(filter(None, regions)), _listed(prices[line, regions[0]]), wrong)
        for (line, _, wrong), regions in same.items()
    ]


def _listed(rates: Mapping[str, ModelRate]) -> dict[str, ListedRate]:
    return {
        kind: ListedRate(rate.price, rate.sku_ids[0], rate.effective_time) for kind, rate in rates.items()
    }


def _kind(counted: Counted) -> str | None:
    return KINDS.get((counted.direction or "", counted.cache or ""))


def _line(counted: Counted, developer: str, source: RateSource) -> ModelLine:
    return ModelLine(
        counted.model_id,
        developer,
        counted.provider,
        counted.tier or "",
        counted.scope or "",
        counted.context or "",
        counted.modality or "",
        counted.variant,
        source.value,
    )
