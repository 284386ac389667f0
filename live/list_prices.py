"""List prices of tokens, by what SKUs of the catalog are: their names are read as the meters of bills are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from catalog.meters.meter import Meter, UsageKind
from catalog.meters.read import read_meter
from catalog.models import Sku
from catalog.offers.model_names import Names
from catalog.pricing import list_prices
from catalog.pricing.decimals import ROUNDED
from catalog.pricing.list_prices import Listing, Snapshot
from live.rates import Key, Price, PriceSource

# SKUs with a direction are of tokens. Another product has models of the same names.
_IS_OF_TOKENS = " direction="
_OTHER_PRODUCT = " product=gemini-api "
_EVERYWHERE = frozenset({"global"})
# What a price is of if the metric does not tell; for the cache, other prices are lower.
_USUAL: Mapping[str, str] = {"cache": "Uncached", "tier": "standard", "modality": "text", "context": "short"}
_AXES = ("cache", "tier", "modality", "context", "scope")
_PLACES = Decimal("1e-15")


@dataclass(frozen=True, slots=True)
class _Listed:
    """A SKU of tokens, and its price of one."""

    meter: Meter
    regions: frozenset[str]
    per_token: Decimal
    sku_id: str
    name: str
    since: date


@dataclass(slots=True)
class _Memory:
    """What the SKUs of one state of the tables are."""

    state: object = None
    listed: Mapping[tuple[str, str, str], Sequence[_Listed]] = field(default_factory=dict)


_memory = _Memory()


def forget() -> None:
    """Empty the memory, as a test has to that writes SKUs without a sync."""
    _memory.state = None


class ListPrices:
    """The list prices of now.

    Args:
        names: the models by their billing names.
    """

    def __init__(self, names: Names) -> None:
        snapshot = list_prices.snapshot()
        state = snapshot.state
        if state is None or _memory.state != state:
            _memory.listed, _memory.state = _by_model(_read(snapshot, names)), state
        self._listed = _memory.listed

    def price(self, key: Key) -> Price | None:
        """The one price of all SKUs that are what the key tells; None if there is none, or several."""
        here = _sold_in(key.region, self._listed.get((key.cloud, key.model, key.direction), ()))
        found, assumes = here, []
        for axis in _AXES:
            usual: Any = {axis: getattr(key, axis) or _USUAL.get(axis)}
            found = _with(found, axis, key._replace(**usual))
            if getattr(key, axis) is None and axis in _USUAL and _tells(here, axis):
                assumes.append(f"{axis} {_USUAL[axis]}")
        prices = {each.per_token for each in found}
        if len(prices) != 1:
            return None
        [per_token] = prices
        first = found[0]
        # Whatever the metric hides, such as cached tokens, costs no more.
        is_bound = key.cache is None and key.direction == "Input" and _dearest(here, key) <= per_token
        return Price(
            per_token,
            "USD",
            PriceSource.LIST,
            first.since,
            f"{first.name} ({first.sku_id})",
            is_upper_bound=is_bound,
            assumes=tuple(assumes),
        )


def _with(listed: Sequence[_Listed], axis: str, key: Key) -> Sequence[_Listed]:
    """Those that are what the key tells, or else those whose name does not tell."""
    groups = key.values(axis)
    alike = ([each for each in listed if getattr(each.meter, axis) in values] for values in groups)
    return next(filter(None, alike), []) if groups else listed


def _dearest(listed: Sequence[_Listed], key: Key) -> Decimal:
    """The highest price of all that the tokens may be, as far as the key tells."""
    for axis in _AXES:
        listed = _with(listed, axis, key)
    return max(each.per_token for each in listed)


def _tells(listed: Iterable[_Listed], axis: str) -> bool:
    return len({getattr(each.meter, axis) for each in listed}) > 1


def _sold_in(region: str, listed: Sequence[_Listed]) -> Sequence[_Listed]:
    """Those of a region, or else those of everywhere."""
    here = [each for each in listed if region and region in each.regions]
    return here or [each for each in listed if not each.regions or not each.regions.isdisjoint(_EVERYWHERE)]


def _by_model(found: Iterable[tuple[str, str, _Listed]]) -> Mapping[tuple[str, str, str], Sequence[_Listed]]:
    by_model: defaultdict[tuple[str, str, str], list[_Listed]] = defaultdict(list)
    for cloud, model, listed in found:
        by_model[cloud, model, f"{listed.meter.direction}"].append(listed)
    return by_model


def _read(snapshot: Snapshot, names: Names) -> Iterator[tuple[str, str, _Listed]]:
    """The cloud and the model of each SKU of tokens that has a price, with what it is."""
    ids = Sku.objects.offered().filter(attributes__facts__contains=_IS_OF_TOKENS)
    ids = ids.exclude(attributes__facts__contains=_OTHER_PRODUCT).order_by("sku_id")
    for listing in list_prices.look_up(ids.values_list("sku_id", flat=True), snapshot).values():
        if (found := _listed(listing)) is None:
            continue
        cloud, service = listing.sku.provider, listing.sku.service.display_name
        if model := names.find(cloud, (service,), found.meter.billing_model):
            yield cloud, model[0], found


def _listed(listing: Listing) -> _Listed | None:
    price, sku = listing.list_price, listing.sku
    if price is None or price.first_paid <= 0 or price.info.currency_code != "USD":
        return None
    meter = read_meter(sku.provider, sku.display_name, price.info.usage_unit, sku.service.display_name)
    if meter.kind is not UsageKind.TOKENS or not meter.per_unit or not meter.direction:
        return None
    if meter.variant:
        # Such as a host of its own, or a cache for an hour: no metric tells it.
        return None
    per_token = ROUNDED.quantize(ROUNDED.divide(price.first_paid, meter.per_unit), _PLACES)
    since = price.info.effective_time or datetime.now(UTC)
    return _Listed(
        meter, frozenset(sku.service_regions), per_token, sku.sku_id, sku.display_name, since.date()
    )
