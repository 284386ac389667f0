"""Model prices of the three clouds in the sample: models.json, read by the parsers of their price lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from catalog.providers.aws.parse import FORMAT as AWS_FORMAT
from catalog.providers.aws.parse import ON_DEMAND, PROVIDER_NAME, read_offer
from catalog.providers.aws.source import SERVICES
from catalog.providers.azure.parse import CONSUMPTION, read_items
from catalog.providers.azure.source import SERVICE as FOUNDRY
from catalog.providers.google_cloud.parse import NANOS_PER_UNIT, parse_sku
from catalog.providers.records import AWS, CURRENCY, MalformedSku, ServiceRecord, SkuRecord

PATH = Path(__file__).parent / "models.json"
VERTEX_AI = ServiceRecord("C7E2-9256-1C43", "Vertex AI", "businessEntities/GCP")
_UNITS = ("usageUnit", "usageUnitDescription", "baseUnit", "baseUnitDescription")
REGION = {"regionCode": "us-east-1", "location": "US East (N. Virginia)"}


@cache
def content() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found


def services() -> Iterator[ServiceRecord]:
    yield VERTEX_AI
    sold = {block["service"] for block in content()["aws"]}
    yield from (ServiceRecord(code, SERVICES[code], PROVIDER_NAME, AWS) for code in SERVICES if code in sold)
    yield FOUNDRY


def skus(service_id: str) -> Iterator[SkuRecord]:
    """The SKUs of one of the services; none of another one."""
    if service_id == VERTEX_AI.service_id:
        yield from (parse_sku(wire, service_id) for wire in _of_google())
    elif service_id == FOUNDRY.service_id:
        yield from map(_whole, read_items(_of_azure(), service_id))
    elif service_id in SERVICES:
        yield from map(_whole, read_offer(_of_aws(service_id), service_id))


def _whole(entry: SkuRecord | MalformedSku) -> SkuRecord:
    if isinstance(entry, MalformedSku):
        raise TypeError(entry.reason)
    return entry


def _of_google() -> Iterator[dict[str, Any]]:
    category = {"serviceDisplayName": VERTEX_AI.display_name, "resourceFamily": "ApplicationServices"}
    for block in content()["gcp"]:
        for sku_id, name, price in block["skus"]:
            nanos = int(Decimal(price) * NANOS_PER_UNIT)
            rate = {"unitPrice": {"currencyCode": CURRENCY, "nanos": nanos}}
            unit = dict.fromkeys(_UNITS, "count")
            pricing = {
                "effectiveTime": f"{block['since']}T00:00:00Z",
                "pricingExpression": {**unit, "displayQuantity": 1_000_000, "tieredRates": [rate]},
            }
            yield {
                "skuId": sku_id,
                "description": name,
                "category": {**category, "resourceGroup": "Other", "usageType": ON_DEMAND},
                "serviceRegions": ["global"],
                "geoTaxonomy": {"type": "GLOBAL"},
                "serviceProviderName": "Google",
                "pricingInfo": [pricing],
            }


def _of_aws(service_id: str) -> dict[str, Any]:
    products, terms = {}, {}
    numbers = count(1)
    for block in content()["aws"]:
        for usage_type, price in block["rates"]:
            sku_id = f"SAMPLE-AWS-{next(numbers):04}"
            if block["service"] != service_id:
                continue
            attributes = {**REGION, "servicename": block["product"], "usagetype": usage_type, "operation": ""}
            products[sku_id] = {"sku": sku_id, "attributes": attributes}
            rate = {"beginRange": "0", "unit": block["unit"], "pricePerUnit": {CURRENCY: price}}
            since = f"{block['since']}T00:00:00Z"
            term = {"effectiveDate": since, "priceDimensions": {f"{sku_id}.1.1": rate}}
            terms[sku_id] = {f"{sku_id}.1": term}
    on_demand = {ON_DEMAND: terms}
    return {"formatVersion": AWS_FORMAT, "offerCode": service_id, "products": products, "terms": on_demand}


def _of_azure() -> Iterator[dict[str, Any]]:
    numbers = count(1)
    for block in content()["azure"]:
        for meter, price in block["meters"]:
            yield {
                "type": CONSUMPTION,
                "meterId": f"SAMPLE-AZURE-{next(numbers):04}",
                "meterName": meter,
                "productName": block["product"],
                "serviceName": FOUNDRY.display_name,
                "serviceFamily": "AI + Machine Learning",
                "unitOfMeasure": block["unit"],
                "currencyCode": CURRENCY,
                "armRegionName": block["region"],
                "effectiveStartDate": f"{block['since']}T00:00:00Z",
                "retailPrice": Decimal(price),
            }
