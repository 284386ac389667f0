"""The texts by which a SKU is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedSku:
    """The texts of a SKU that say what it is; `unit` is that of its price, as the provider writes it."""

    service: str
    name: str
    resource_family: str
    resource_group: str
    usage_type: str
    provider: str = "gcp"
    unit: str = "count"
