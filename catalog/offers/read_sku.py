"""Reads a SKU into attributes: its category first, then its name; what is not read stays as words."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.offers.attributes import Attributes
from catalog.offers.products import product_of


@dataclass(frozen=True, slots=True)
class NamedSku:
    """The texts of a SKU that say what it is."""

    service: str
    name: str
    resource_family: str
    resource_group: str
    usage_type: str


def read_sku(sku: NamedSku) -> Attributes:
    return Attributes(frozenset({("product", product_of(sku.service))}))
