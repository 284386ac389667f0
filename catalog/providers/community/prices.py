"""List prices of tokens that a community keeps, for models that no provider's price list has.

prices.csv is LiteLLM's list, cut to the three clouds and to the models of the table of names by
script/community_prices.py; source.json says which edition of it. It is no provider's word.
"""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

PRICES = Path(__file__).with_name("prices.csv")
SOURCE = Path(__file__).with_name("source.json")
# Before what the list calls a model, where answers have the id of a SKU.
PREFIX = "litellm:"


class Source(NamedTuple):
    """The list: its name and version, its address and licence, and the day on which it was read."""

    name: str
    version: str
    url: str
    licence: str
    read_on: str

    @property
    def words(self) -> str:
        """The list in an answer."""
        return f"{self.name} {self.version}, read on {self.read_on}"

    @property
    def since(self) -> datetime:
        """The time before which nothing is known of these prices."""
        return datetime.fromisoformat(self.read_on).replace(tzinfo=UTC)


class CommunityPrice(NamedTuple):
    """What tokens of a kind cost, in the words of catalog/meters/meter.py; "" is what the list does not say.

    `region` is a region of the cloud or a part of the world ("us"), `usd` the price of a million tokens, and
    `name` what the list calls the model.
    """

    provider: str
    model_id: str
    developer: str
    region: str
    scope: str
    tier: str
    context: str
    modality: str
    variant: str
    direction: str
    cache: str
    usd: Decimal
    name: str


@cache
def source() -> Source:
    return Source(**json.loads(SOURCE.read_text(encoding="utf-8")))


@cache
def prices() -> tuple[CommunityPrice, ...]:
    """All prices, in the order of the file."""
    with PRICES.open(encoding="utf-8", newline="") as file:
        return tuple(
            CommunityPrice(**{**row, "usd": Decimal(row["usd"])})  # type: ignore[arg-type]
            for row in csv.DictReader(file)
        )
