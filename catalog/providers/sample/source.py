"""The bundled starter catalog: the real SKUs that people ask for first, with prices of various past dates.

catalog.json has one SKU per line, in blocks that share a category, a unit and a time:
[id, name, regions, price]. A price with several tiers is a list of them. The geoTaxonomy follows if it cannot
be derived from the regions (null if Google sends none). models.json has the prices of models.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from catalog.providers.google_cloud.parse import NANOS_PER_UNIT, parse_service, parse_sku
from catalog.providers.records import EVERY_PROVIDER, ServiceRecord, SkuRecord
from catalog.providers.sample import models

PATH = Path(__file__).parent / "catalog.json"

Tiers = list[tuple[float, str]]


class SampleSource:
    """The starter catalog."""

    name = "sample"
    provider = EVERY_PROVIDER

    def __init__(self) -> None:
        self._catalog: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))

    def notice(self) -> str:
        """A notice for each answer from this catalog."""
        both = (self._catalog, models.content())
        oldest, newest = min(each["oldest"] for each in both), max(each["newest"] for each in both)
        return f"These are list prices of {oldest} to {newest} from the bundled sample, not today's."

    def services(self) -> Iterator[ServiceRecord]:
        yield from map(parse_service, self._catalog["services"])
        yield from models.services()

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[SkuRecord]]:
        return map(self.skus, service_ids)

    def skus(self, service_id: str) -> Iterator[SkuRecord]:
        for service in self._catalog["services"]:
            if service["serviceId"] == service_id:
                for wire in self._expand(service):
                    yield parse_sku(wire, service_id)
        yield from models.skus(service_id)

    def _expand(self, service: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The service's SKUs in the form of skus.list."""
        for block in service["blocks"]:
            category = {key: block[key] for key in ("resourceFamily", "resourceGroup", "usageType")}
            shared = {
                "category": category | {"serviceDisplayName": service["displayName"]},
                "serviceProviderName": "Google",
            }
            for sku_id, name, regions, price, *taxonomy in block["skus"]:
                yield shared | {
                    "skuId": sku_id,
                    "description": name,
                    "serviceRegions": regions.split(),
                    "geoTaxonomy": taxonomy[0] if taxonomy else _taxonomy(regions.split()),
                    "pricingInfo": [self._pricing(block, [(0, price)] if isinstance(price, str) else price)],
                }

    def _pricing(self, block: dict[str, Any], tiers: Tiers) -> dict[str, Any]:
        rates = [{"startUsageAmount": start, "unitPrice": _money(price)} for start, price in tiers]
        return {
            "effectiveTime": block["effectiveTime"],
            "aggregationInfo": block["aggregationInfo"],
            "pricingExpression": self._catalog["units"][block["usageUnit"]] | {"tieredRates": rates},
        }


def _taxonomy(regions: list[str]) -> dict[str, Any]:
    if regions == ["global"]:
        return {"type": "GLOBAL"}
    return {"type": "REGIONAL" if len(regions) == 1 else "MULTI_REGIONAL", "regions": regions}


def _money(price: str) -> dict[str, Any]:
    units, nanos = divmod(int(Decimal(price) * NANOS_PER_UNIT), NANOS_PER_UNIT)
    return {"currencyCode": "USD", "units": str(units), "nanos": nanos}
