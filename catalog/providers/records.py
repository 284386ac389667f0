"""The records of a price list, in one form for all providers: parsers make them and the sync reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

# The only currency whose prices are stored.
CURRENCY = "USD"
# The clouds whose price lists are read, in the order in which answers list them.
PROVIDERS = (GCP, AWS, AZURE) = ("gcp", "aws", "azure")
# What sentences call them.
NAMES = {GCP: "Google", AWS: "AWS", AZURE: "Azure"}
# What a source is of that has several of them.
EVERY_PROVIDER = "all"
# The effective time of a price without one, when prices are compared.
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One cloud service. `service_id` is the provider's own, `provider` one of PROVIDERS."""

    service_id: str
    display_name: str
    business_entity_name: str = ""
    provider: str = GCP


@dataclass(frozen=True, slots=True)
class TierRecord:
    """One tier: above `start_usage_amount` usage units, a unit costs `units` + `nanos` / 10^9."""

    start_usage_amount: Decimal
    units: str
    nanos: int


@dataclass(frozen=True, slots=True)
class PricingRecord:
    """One price of a SKU.

    `expression` and `aggregation` are as the provider sent them, for the record; answers are made from the
    other fields. A usage unit is `base_unit_conversion_factor` base units. The aggregation fields are None if
    the price has no aggregation.
    """

    effective_time: datetime | None
    summary: str
    currency_code: str
    expression: dict[str, Any]
    aggregation: dict[str, Any] | None
    tiers: tuple[TierRecord, ...]
    usage_unit: str = ""
    usage_unit_description: str = ""
    base_unit: str = ""
    base_unit_description: str = ""
    base_unit_conversion_factor: Decimal = Decimal(1)
    display_quantity: Decimal = Decimal(1)
    aggregation_level: str | None = None
    aggregation_interval: str | None = None
    aggregation_count: int | None = None


@dataclass(frozen=True, slots=True)
class MalformedSku:
    """An entry of a price list that could not be parsed; `sku_id` is empty if the entry has none."""

    sku_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class SkuRecord:
    """One SKU with its prices, oldest first.

    `category` is as the provider sent it; `description` is the sentence that its parser composes.
    """

    sku_id: str
    service_id: str
    display_name: str
    description: str
    category: dict[str, Any]
    resource_family: str
    resource_group: str
    usage_type: str
    service_regions: tuple[str, ...]
    geo_taxonomy_type: str | None
    geo_taxonomy_regions: tuple[str, ...]
    service_provider_name: str
    pricing: tuple[PricingRecord, ...]
