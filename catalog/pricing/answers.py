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
    """A SKU, or the name of a resource."""

    sku_id: NotRequired[str]
    display_name: NotRequired[str]
    resource: NotRequired[str]


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


class Choice(TypedDict):
    attribute: str
    values: list[str]
    ask: str


class ResourceExampleItem(TypedDict, total=False):
    resource: str
    region: str
    quantity: str
    usage_type: str
    gpu: str
    gpu_count: int
    input_tokens: str
    output_tokens: str


class ResourceExample(TypedDict):
    items: list[ResourceExampleItem]


class ModelAnswer(TypedDict):
    """What a SKU of a model counts, in the words that costs use; None is what it does not say."""

    model_id: str | None
    developer: str | None
    billing_model: str
    kind: str
    direction: str | None
    cache: str | None
    modality: str | None
    tier: str | None
    scope: str | None
    context: str | None
    variant: NotRequired[str]


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
    model: NotRequired[ModelAnswer]
    pricing: Pricing | None
    history: list[PriceChange] | None
    first_synced_at: str
    last_seen_at: str | None
    retired_at: str | None
    example: Example | None


class UnknownName(TypedDict):
    """A SKU id or the name of a resource that is not found; `message` says why a name is none."""

    sku_id: NotRequired[str]
    resource: NotRequired[str]
    message: NotRequired[str]
    candidates: list[Candidate]


class Shape(TypedDict):
    """What a machine has; `local_ssd_gib` is null if it comes with one whose size no source says."""

    vcpus: str
    memory_gib: str
    gpu: str | None
    gpus: int
    local_ssd_gib: str | None


class PartRow(TypedDict):
    """What a resource is billed for in an hour, in a month, or by use."""

    part: str
    quantity: str
    unit: str
    per: Literal["hour", "month", "use"]


class SustainedUseRow(TypedDict):
    parts: list[str]
    rate: str
    source: str


class CommitmentRow(TypedDict):
    """The parts that a commitment covers, and those that stay on demand, if only in some regions."""

    usage_type: str
    covers: list[str]
    on_demand: list[str]


class HourAndMonth(TypedDict):
    hour: str | None
    month: str


class RegionRow(TypedDict):
    """What one resource costs in a region, by usage type; null where it is not sold so."""

    region: str
    OnDemand: HourAndMonth | None
    Preemptible: HourAndMonth | None
    Commit1Yr: HourAndMonth | None
    Commit3Yr: HourAndMonth | None


class ModelPriceRow(TypedDict):
    """List prices of a model in USD per million tokens; None is a price that the list lacks.

    `source` is "list" for the provider's own, "community" for those of a list that a community keeps.
    """

    cloud: str
    source: str
    tier: str
    scope: str
    context: str
    modality: str
    variant: str
    regions: list[str]
    input: str | None
    cached_input: str | None
    cache_write: str | None
    output: str | None
    disputed: list[str]
    since: str | None
    sku_ids: list[str]


class ResourceDetails(TypedDict):
    resource: str
    shape: Shape | None
    parts: list[PartRow]
    sustained_use: list[SustainedUseRow]
    commitments: list[CommitmentRow]
    prices: list[RegionRow]
    more_regions: int
    not_included: list[str]
    ambiguous_in: list[Choice] | None
    notes: list[str]
    example: ResourceExample | None
    model_prices: NotRequired[list[ModelPriceRow]]


class DetailsAnswer(TypedDict):
    as_of: str
    skus: list[SkuDetails]
    resources: list[ResourceDetails]
    not_found: list[UnknownName]
    hint: str | None


class Total(TypedDict):
    """What the items cost together; null amounts if none of them can be priced before something is chosen."""

    amount: str | None
    rounded: str | None
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


class ComponentRow(TypedDict):
    """What a resource is billed for: `quantity` is a month's usage of all of them.

    `source` is set if the price is not the provider's: "community". Then `sku_id` is what its list calls it.
    """

    part: str
    sku_id: str
    usage_type: str
    quantity: str
    unit: str
    cost: str
    source: NotRequired[str]
    tiers: NotRequired[list[CostSlice]]
    display_name: NotRequired[str]
    pricing: NotRequired[Pricing]


class DiscountRow(TypedDict):
    kind: Literal["sustained_use"]
    rate: str
    amount: str
    source: str


class Alternative(TypedDict):
    """The resource bought in another way; null amounts if it is not sold so."""

    usage_type: str
    monthly: str | None
    yearly: str | None
    breaks_even_after_months: int | None
    note: str | None


class ResourceLine(TypedDict):
    """A resource with what it is made of; `cost` is null if something has to be chosen first."""

    label: str | None
    resource: str
    region: str | None
    usage_type: str
    quantity: str
    hours: str
    cost: str | None
    partial: bool
    components: list[ComponentRow]
    discounts: list[DiscountRow]
    missing: list[str]
    not_included: list[str]
    ambiguous_in: list[Choice] | None
    notes: list[str]
    alternatives: NotRequired[list[Alternative]]


class NotPriced(TypedDict):
    label: str | None
    sku_id: NotRequired[str]
    resource: NotRequired[str]
    reason: Literal["no_price", "not_sold"]
    message: str


class GroupRow(TypedDict):
    """The items that have a value in common; null cost if none of them has one."""

    by: str
    value: str | None
    cost: str | None
    items: int
    partial: bool


class AllowanceRow(TypedDict):
    """Usage that is free once a month; `applied` if the costs count it."""

    sku_id: str | None
    name: str
    given: str
    left: str
    unit: str
    source: str
    applied: bool


class Proof(TypedDict):
    pricing_info_ids: list[int]
    update_id: int | None
    as_of: str


class CalculateAnswer(TypedDict):
    total: Total
    items: list[CostItem | ResourceLine]
    not_priced: list[NotPriced]
    next_cursor: str | None
    groups: list[GroupRow]
    allowances: list[AllowanceRow]
    estimate_id: str
    proof: Proof
    assumptions: list[str]
