"""Free allowances that Google documents outside its price list: data/allowances.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from catalog.offers import DATA
from catalog.offers.named_sku import NamedSku
from catalog.offers.phrases import texts
from catalog.offers.products import product_of
from catalog.offers.read_sku import read_sku
from catalog.offers.vocabulary import Fact

ON_DEMAND: Fact = ("term", "ondemand")


@dataclass(frozen=True, slots=True)
class Allowance:
    """Usage of one resource, or of SKUs, that is free: `given` of `unit` a month, or a credit in USD.

    `regions` is empty where it holds everywhere.
    """

    name: str
    given: Decimal
    unit: str
    source: str
    resource: str | None
    product: str | None
    facts: frozenset[Fact]
    words: frozenset[str]
    without: frozenset[str]
    regions: frozenset[str]

    def is_for(self, sku: NamedSku) -> bool:
        """Whether it is for usage of a SKU."""
        if self.product is None or self.product != product_of(sku.service):
            return False
        found = {*texts(sku.name)}
        return (
            self.words <= found
            and self.without.isdisjoint(found)
            and {*self.facts, ON_DEMAND} <= read_sku(sku).facts
        )

    def holds_in(self, regions: Iterable[str]) -> bool:
        """Whether it holds in one of the regions."""
        return not self.regions or not self.regions.isdisjoint(regions)


@lru_cache(maxsize=10_000)
def allowances_of(sku: NamedSku) -> tuple[Allowance, ...]:
    """Those for usage of a SKU."""
    return tuple(allowance for allowance in allowances() if allowance.is_for(sku))


@cache
def allowances() -> tuple[Allowance, ...]:
    data = tomllib.loads((DATA / "allowances.toml").read_text(encoding="utf-8"))
    return tuple(_allowance(row, data["source"]) for row in data["allowance"])


def _allowance(row: Mapping[str, Any], sources: Mapping[str, str]) -> Allowance:
    return Allowance(
        row["name"],
        Decimal(row["given"]),
        row["unit"],
        sources[row["source"]],
        row.get("resource"),
        row.get("product"),
        frozenset(_fact(text) for text in row.get("facts", ())),
        _words(row.get("words", ())),
        _words(row.get("without", ())),
        frozenset(row.get("regions", ())),
    )


def _fact(text: str) -> Fact:
    attribute, _, value = text.partition("=")
    return attribute, value


def _words(names: list[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in texts(name))
