"""The list price of one thing that is counted of a model, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from catalog.meters.vocabulary import hosts

# Where a SKU is sold that names no region, and one that is listed for all.
EVERYWHERE = "global"
# The region of a rate whose list does not say where it holds.
UNSAID = ""
ANYWHERE = (EVERYWHERE, UNSAID)
# The lifetimes of a cache that is written to; a price list that names none means the first.
LIFETIMES = ("", "5m", "30m", "1h")


class RateSource(StrEnum):
    """Who says what tokens cost: the provider's price list, or a list that a community keeps."""

    LIST = "list"
    COMMUNITY = "community"


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

    @property
    def lifetime(self) -> str:
        """That of the cache that is written to; "" if it is not said."""
        return next((word for word in self.variant.split() if word in LIFETIMES), "")

    @property
    def host(self) -> str | None:
        """Who hosts the model, "" for the cloud itself; None if it is sold in another way than by use."""
        others = " ".join(word for word in self.variant.split() if word not in LIFETIMES)
        return others if not others or others in hosts() else None


@dataclass(frozen=True, slots=True)
class ModelRate:
    """The list price of one token, request or other thing that is counted, in USD.

    Args:
        counted: what it is of.
        developer: who makes the model.
        region: where it holds, a code of the provider; "global" if everywhere, UNSAID if no list says.
        price: of one, exact.
        sku_ids: the SKUs that say so, the first by id first; what the list calls it if it is a community's.
        pricing_info_ids: their price rows, for the proof.
        effective_time: since when, by the first SKU; None if unknown; when a community's list was read.
        source: who says so.
    """

    counted: Counted
    developer: str
    region: str
    price: Decimal
    sku_ids: tuple[str, ...]
    pricing_info_ids: tuple[int, ...]
    effective_time: datetime | None
    source: RateSource = RateSource.LIST


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


def holds_in(region: str, asked: str) -> bool:
    """Whether a rate of `region` holds in the one that is asked for, as far as its list says."""
    return region == asked or region in ANYWHERE


def order(rate: ModelRate) -> tuple[str, ...]:
    """What rates are sorted by."""
    return (*(value or "" for value in rate.counted), rate.region)
