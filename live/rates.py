"""What a token costs: the price chain. The first source that knows a price gives it; none of them guesses.

1. The own bill: the effective price of the same account on the last days that are loaded, else that of the
   cloud's other accounts. It has what was negotiated, and the share of cached tokens and long contexts.
2. The provider's list, as the catalog has it.
3. A list that a community keeps, marked as such, if the provider lists no price of the model.
4. None: the tokens are counted, and never cost 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

# Tiers of single calls, which a metric may count together. Batches and provisioned throughput are told apart.
OF_CALLS = ("standard", "priority", "flex", "latency-optimized")
# What prices take for granted of input of which is not told what was cached.
UNCACHED, MEAN = "cache Uncached", "cache as billed"
# It is billed by the hour, whatever is used of it.
PROVISIONED = "provisioned"
# AWS's meters name global calls only: those that an inference profile sends elsewhere are as in the region.
BILLED_AS = {("aws", "geo"): "regional"}


class PriceSource(StrEnum):
    BILL = "bill"
    LIST = "list"
    COMMUNITY = "community"


class Key(NamedTuple):
    """What is priced. None is what the cloud's metric does not tell.

    Args:
        cloud: aws, gcp or azure.
        account: the account, project or subscription.
        region: as the cloud spells it; "" if it does not tell.
        model: the id of the model.
        direction: Input or Output.
        cache: Read, Write or Uncached.
        tier: standard, batch, priority and so on.
        scope: regional, geo or global.
        modality: text, image, audio or video.
        context: short or long.
    """

    cloud: str
    account: str
    region: str
    model: str
    direction: str
    cache: str | None = None
    tier: str | None = None
    scope: str | None = None
    modality: str | None = None
    context: str | None = None

    def values(self, axis: str) -> tuple[tuple[str | None, ...], ...]:
        """What tokens may be on an axis, the likeliest first: what the key tells, or what is not told apart.

        Each is a group of values, of which all count; None is a SKU or a charge that does not tell.
        """
        told: str | None = getattr(self, axis)
        if told is None:
            return ((*OF_CALLS, None),) if axis == "tier" else ()
        also = BILLED_AS.get((self.cloud, told)) if axis == "scope" else None
        return ((told,), *(((also,),) if also else ()), (None,))


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one token.

    Args:
        per_token: in `currency`.
        source: who says so.
        as_of: the last day of the bill, or the day from which the list has it.
        detail: the days of the bill or the SKU, for a person.
        is_upper_bound: whether the metric hides tokens that cost less, such as cached ones.
        assumes: what the metric does not tell and the price takes for granted, such as "context short".
    """

    per_token: Decimal
    currency: str
    source: PriceSource
    as_of: date
    detail: str
    is_upper_bound: bool = False
    assumes: tuple[str, ...] = ()


class Prices(Protocol):
    """A source of prices."""

    def price(self, key: Key) -> Price | None:
        """The price of a token, None if it is not known."""


class Chain:
    """Several sources, of which the first that knows a price gives it."""

    def __init__(self, sources: Sequence[Prices]) -> None:
        self._sources = sources
        self._found: dict[Key, Price | None] = {}

    def price(self, key: Key) -> Price | None:
        if key not in self._found:
            prices = (source.price(key) for source in self._sources)
            self._found[key] = next((price for price in prices if price), None)
        return self._found[key]
