"""The list prices of all models side by side: a row for each model, cloud, scope, tier, context and price."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from catalog.pricing.list_prices import Snapshot
from catalog.pricing.model_rate import Counted, ModelRate, ModelRates, RateSource
from catalog.pricing.model_rates import every_rate, rates_of

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
    rates: Mapping[str, ModelRate]
    disputed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Memory:
    """The rows of the rates that were last asked for."""

    kept: tuple[Mapping[str, ModelRates] | None, list[ListedModel]] = (None, [])


_memory = _Memory()


def listed_models(snapshot: Snapshot) -> list[ListedModel]:
    """All list prices of models. Takes the queries of `every_rate`.

    Args:
        snapshot: the time whose prices apply.

    Returns:
        Rows in the order of the models. Regions with the same prices share one.
    """
    every = every_rate(snapshot).rates
    kept, rows = _memory.kept
    if kept is not every:
        rows = _rows(every)
        # In one step, since another thread may be reading.
        _memory.kept = every, rows
    return rows


def listed_model(model_id: str, snapshot: Snapshot) -> list[ListedModel]:
    """The same of one model. Takes two queries, or one if its SKUs are in memory."""
    return _rows({model_id: rates_of(snapshot, model_id=model_id)})


def _rows(every: Mapping[str, ModelRates]) -> list[ListedModel]:
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
        ListedModel(line, tuple(filter(None, regions)), prices[line, regions[0]], wrong)
        for (line, _, wrong), regions in same.items()
    ]


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
