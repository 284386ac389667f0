"""Response types of the details and calculate tools (tool contract, version 1; docs/tools.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, NotRequired

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict


def utc_text(time: datetime) -> str:
    """Format a time for answers: ISO 8601 in UTC with a Z, to the microsecond.

    Args:
        time: an aware time in any zone.
    """
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Candidate(TypedDict):
    sku_id: str
    display_name: str


class UnitPrice(TypedDict):
    amount: str
    units: str
    nanos: int
    currency: str


class TierRow(TypedDict):
    start_usage_amount: str
    end_usage_amount: str | None
    unit_price: UnitPrice


class AggregationRow(TypedDict):
    level: str
    interval: str
    count: int


class Pricing(TypedDict):
    pricing_info_id: int
    effective_time: str | None
    summary: str
    usage_unit: str
    usage_unit_description: str
    base_unit: str
    base_unit_description: str
    base_unit_conversion_factor: str
    display_quantity: str
    aggregation: AggregationRow | None
    tiers: list[TierRow]


class PriceChange(TypedDict):
    pricing_info_id: int
    effective_time: str | None
    recorded_at: str
    usage_unit: str
    tiers: list[TierRow]
    change_percent: str | None


class ExampleItem(TypedDict, total=False):
    sku_id: str
    quantity: str
    unit: str
    region: str


class Example(TypedDict):
    items: list[ExampleItem]


class SkuDetails(TypedDict):
    sku_id: str
    display_name: str
    description: str | None
    service_id: str
    service: str
    provider: str
    service_provider_name: str
    category: dict[str, Any] | None
    resource_family: str | None
    resource_group: str | None
    usage_type: str | None
    service_regions: list[str]
    geo_taxonomy_type: str | None
    geo_taxonomy_regions: list[str] | None
    pricing: Pricing | None
    history: list[PriceChange] | None
    first_synced_at: str
    last_seen_at: str | None
    retired_at: str | None
    example: Example | None


class UnknownSku(TypedDict):
    sku_id: str
    candidates: list[Candidate]


class DetailsAnswer(TypedDict):
    as_of: str
    skus: list[SkuDetails]
    not_found: list[UnknownSku]
    hint: str | None


class Total(TypedDict):
    amount: str
    rounded: str
    currency: Literal["USD"]
    partial: bool


class CostSlice(TypedDict):
    start: str
    end: str | None
    quantity: str
    unit_price: str
    cost: str


class CostItem(TypedDict):
    label: str | None
    sku_id: str
    display_name: str
    region: str | None
    quantity: str
    unit: str
    usage_quantity: str
    usage_unit: str
    cost: str
    effective_time: str | None
    tiers: list[CostSlice]
    notes: list[str]
    pricing: NotRequired[Pricing]


class NotPriced(TypedDict):
    label: str | None
    sku_id: str
    reason: Literal["no_price"]
    message: str


class Proof(TypedDict):
    pricing_info_ids: list[int]
    update_id: int | None
    as_of: str


class CalculateAnswer(TypedDict):
    total: Total
    items: list[CostItem]
    not_priced: list[NotPriced]
    proof: Proof
    assumptions: list[str]
