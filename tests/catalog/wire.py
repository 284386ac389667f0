"""Price lists in the API's JSON, and sources that serve them without a network.

The fields are those of cloudbilling.googleapis.com/v1; the figures are made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from catalog.providers.google_cloud.parse import parse_service, read_sku
from catalog.providers.records import ServiceRecord, SkuRecord
from catalog.providers.source import Entry

Wire = dict[str, Any]

COMPUTE = "6F81-5844-456A"
STORAGE = "95FF-2EF5-5EA1"


def wire_service(service_id: str = COMPUTE, name: str = "Compute Engine") -> Wire:
    return {
        "name": f"services/{service_id}",
        "serviceId": service_id,
        "displayName": name,
        "businessEntityName": "businessEntities/GCP",
    }


def wire_rate(units: str = "0", nanos: int = 40_730_000, start: float = 0, currency: str = "USD") -> Wire:
    return {
        "startUsageAmount": start,
        "unitPrice": {"currencyCode": currency, "units": units, "nanos": nanos},
    }


def wire_price(*rates: Wire, effective: str = "2023-10-30T00:00:00Z") -> Wire:
    """An hourly price."""
    return {
        "summary": "",
        "pricingExpression": {
            "usageUnit": "h",
            "usageUnitDescription": "hour",
            "baseUnit": "s",
            "baseUnitDescription": "second",
            "baseUnitConversionFactor": 3600,
            "displayQuantity": 1,
            "tieredRates": list(rates) or [wire_rate()],
        },
        "currencyConversionRate": 1,
        "effectiveTime": effective,
    }


def wire_sku(sku_id: str = "A07E-99DC-F4F3", *prices: Wire, **fields: Any) -> Wire:
    """A core in Frankfurt; by default at one hourly rate."""
    return {
        "name": f"services/{COMPUTE}/skus/{sku_id}",
        "skuId": sku_id,
        "description": "N2 Instance Core running in Frankfurt",
        "category": {
            "serviceDisplayName": "Compute Engine",
            "resourceFamily": "Compute",
            "resourceGroup": "CPU",
            "usageType": "OnDemand",
        },
        "serviceRegions": ["europe-west3"],
        "pricingInfo": list(prices) or [wire_price()],
        "serviceProviderName": "Google",
        "geoTaxonomy": {"type": "REGIONAL", "regions": ["europe-west3"]},
    } | fields


SkuList: TypeAlias = Iterable[Wire | SkuRecord] | BaseException


@dataclass
class WireSource:
    """A price list in memory; an exception in place of a list is raised when that list is read."""

    skus_by_service: dict[str, SkuList]
    name: str = "folder"
    names: dict[str, str] = field(default_factory=dict)
    provider: str = "gcp"

    def services(self) -> Iterator[ServiceRecord]:
        for service_id in self.skus_by_service:
            name = self.names.get(service_id, f"Service {service_id}")
            yield replace(parse_service(wire_service(service_id, name)), provider=self.provider)

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[Entry]]:
        return map(self.skus, service_ids)

    def skus(self, service_id: str) -> Iterator[Entry]:
        entries = self.skus_by_service[service_id]
        if isinstance(entries, BaseException):
            raise entries
        for entry in entries:
            yield entry if isinstance(entry, SkuRecord) else read_sku(entry, service_id)


def compute(*skus: Wire | SkuRecord, name: str = "folder") -> WireSource:
    """A price list of one service."""
    return WireSource({COMPUTE: skus}, name)
