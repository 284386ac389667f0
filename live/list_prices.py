"""List prices of tokens, as the catalog has them (catalog/pricing/model_rates.py), by what a metric tells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from catalog.offers.model_names import Names
from catalog.pricing import list_prices
from catalog.pricing.decimals import ROUNDED
from catalog.pricing.model_rate import ANYWHERE, Counted, ModelRate, ModelRates, RateSource
from catalog.pricing.model_rates import every_rate
from catalog.providers.community import prices as community
from live.rates import Key, Price, PriceSource

# What a price is of if the metric does not tell; for the cache, other prices are lower.
_USUAL: Mapping[str, str] = {"cache": "Uncached", "tier": "standard", "modality": "text", "context": "short"}
_AXES = ("cache", "tier", "modality", "context", "scope")
_PLACES = Decimal("1e-15")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A price of one token. SKUs that disagree are one each, without a rate."""

    counted: Counted
    region: str
    per_token: Decimal
    rate: ModelRate | None = None


class ListPrices:
    """The list prices of now.

    Args:
        names: the models by their billing names, for those that the table of names lacks.
    """

    def __init__(self, names: Names) -> None:
        self._snapshot = list_prices.snapshot()
        self._every = every_rate(self._snapshot).rates
        self._names = names

    def price(self, key: Key) -> Price | None:
        """The one price of all SKUs that are what the key tells; None if there is none, or several."""
        here = _sold_in(key.region, [each for rates in self._of(key) for each in _plain(rates, key)])
        found, assumes = here, []
        for axis in _AXES:
            usual: Any = {axis: getattr(key, axis) or _USUAL.get(axis)}
            found = _with(found, axis, key._replace(**usual))
            if getattr(key, axis) is None and axis in _USUAL and _tells(here, axis):
                assumes.append(f"{axis} {_USUAL[axis]}")
        if len({each.per_token for each in found}) != 1 or (rate := found[0].rate) is None:
            return None
        # Whatever the metric hides, such as cached tokens, costs no more.
        is_bound = key.cache is None and key.direction == "Input" and _dearest(here, key) <= rate.price
        return Price(
            ROUNDED.quantize(rate.price, _PLACES),
            "USD",
            PriceSource(rate.source.value),
            (rate.effective_time or datetime.now(UTC)).date(),
            self._detail(rate),
            is_upper_bound=is_bound,
            assumes=tuple(assumes),
        )

    def _of(self, key: Key) -> Iterator[ModelRates]:
        """The rates of the model, under its id and under the billing names that an administrator gave it."""
        if key.model in self._every:
            yield self._every[key.model]
        for name, rates in self._every.items():
            if (found := self._names.find(key.cloud, (), name)) and found[0] == key.model != name:
                yield rates

    def _detail(self, rate: ModelRate) -> str:
        sku_id = rate.sku_ids[0]
        if rate.source is RateSource.COMMUNITY:
            return f"{community.source().words}: {sku_id}"
        listing = list_prices.look_up([sku_id], self._snapshot)[sku_id]
        return f"{listing.sku.display_name} ({sku_id})"


def _plain(rates: ModelRates, key: Key) -> Iterator[_Listed]:
    """The prices of a cloud and a direction. No metric tells a host, or a cache for an hour."""
    every = [_Listed(each.counted, each.region, each.price, each) for each in rates.rates]
    every += [_Listed(each.counted, each.region, price) for each in rates.conflicts for price in each.sku_ids]
    wanted = (key.cloud, key.direction, "")
    return (
        each
        for each in every
        if (each.counted.provider, each.counted.direction, each.counted.variant) == wanted
    )


def _with(listed: Sequence[_Listed], axis: str, key: Key) -> Sequence[_Listed]:
    """Those that are what the key tells, or else those whose name does not tell."""
    groups = key.values(axis)
    alike = ([each for each in listed if getattr(each.counted, axis) in values] for values in groups)
    return next(filter(None, alike), []) if groups else listed


def _dearest(listed: Sequence[_Listed], key: Key) -> Decimal:
    """The highest price of all that the tokens may be, as far as the key tells."""
    for axis in _AXES:
        listed = _with(listed, axis, key)
    return max(each.per_token for each in listed)


def _tells(listed: Iterable[_Listed], axis: str) -> bool:
    return len({getattr(each.counted, axis) for each in listed}) > 1


def _sold_in(region: str, listed: Sequence[_Listed]) -> Sequence[_Listed]:
    """Those of a region, or else those of everywhere."""
    here = [each for each in listed if region and region == each.region]
    return here or [each for each in listed if each.region in ANYWHERE]
