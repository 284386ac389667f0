"""Counted tokens with what they cost: each at the first price that the chain knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from catalog.pricing.decimals import EXACT
from costs.store.base import CostStore
from live.basis import Asked
from live.bill_prices import BillPrices
from live.counts import Count, names_of_now
from live.list_prices import ListPrices
from live.providers.source import Measure
from live.rates import PROVISIONED, UNCACHED, Chain, Key, Price

_NO_MODEL = "No table of models has this name; an administrator can add it under Model names."
_NO_DIRECTION = "The cloud does not tell whether these tokens are input or output."
BY_THE_HOUR = "Provisioned throughput is billed by the hour, not by tokens."
_NO_PRICE = "Neither a loaded bill nor a price list has a price of these tokens."


@dataclass(frozen=True, slots=True)
class Costed:
    """Tokens of one kind with their price; `why` says why there is none."""

    count: Count
    price: Price | None
    why: str = ""

    @property
    def cost(self) -> Decimal | None:
        return EXACT.multiply(self.price.per_token, Decimal(self.count.value)) if self.price else None


def prices_at(store: CostStore, at: datetime, *, is_demo: bool) -> Chain:
    """The price chain: the own bill as it was loaded at a time, then the provider's list of now.

    A community's list comes after it. Bills of the demo price made-up usage alone, and no other bill does.
    """
    return Chain([BillPrices.of(store, at, is_demo=is_demo), ListPrices(names_of_now())])


def cost_of(asked: Asked, prices: Chain) -> list[Costed]:
    """The tokens of a question with their prices."""
    return priced(asked.counts, prices)


def priced(counts: Iterable[Count], prices: Chain) -> list[Costed]:
    """The tokens among counts with their prices."""
    return [_costed(count, prices) for count in counts if count.measure is Measure.TOKENS and count.value]


def _costed(count: Count, prices: Chain) -> Costed:
    series = count.series
    if series.tier == PROVISIONED:
        return Costed(count, None, BY_THE_HOUR)
    if not series.direction:
        return Costed(count, None, _NO_DIRECTION)
    if count.model is None:
        return Costed(count, None, _NO_MODEL)
    key = Key(
        count.cloud,
        series.account,
        series.region,
        count.model.id,
        series.direction,
        cache=series.cache or None,
        tier=series.tier or None,
        scope=series.scope or None,
    )
    is_untold_call = bool(series.provider and not series.cache and series.direction == "Input")
    price = _of_untold(key, prices) if is_untold_call else prices.price(key)
    return Costed(count, price, "" if price else _NO_PRICE)


def _of_untold(key: Key, prices: Chain) -> Price | None:
    """The price of other input for calls that do not tell what was cached: a mean is of all, and of no call.

    It is an upper bound unless what is written to a cache costs more.
    """
    plain = prices.price(key._replace(cache="Uncached"))
    if plain is None:
        return prices.price(key)
    read, written = (prices.price(key._replace(cache=cache)) for cache in ("Read", "Write"))
    if all(each and _amount(each) == _amount(plain) for each in (read, written)):
        return plain
    is_bound = written is None or (
        written.currency == plain.currency and written.per_token <= plain.per_token
    )
    return replace(plain, is_upper_bound=is_bound, assumes=(*plain.assumes, UNCACHED))


def _amount(price: Price) -> tuple[Decimal, str]:
    return price.per_token, price.currency
