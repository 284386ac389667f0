"""Arguments and answers of the tools (tool contract, version 1; docs/tools.md).

Agents rely on these schemas: fields may be added, but are never renamed or removed.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from typing_extensions import TypedDict

from catalog import iso8601
from catalog import search as catalog_search
from catalog.errors import InvalidArgumentError
from catalog.pricing import answers
from catalog.pricing import calculate as calculation
from catalog.pricing.quantities import check_quantity, parse_quantity
from tools.argument_forms import ABSENT, ANYTHING, LeftOutAs, read_arguments

MAX_CHARACTERS = 500
MAX_SKU_ID = 100
MAX_RESOURCE = 200
# SKUs and resources of a call of details.
MAX_DETAILS = 20


class Arguments(BaseModel):
    """Base of the argument models. Unknown arguments are refused, not ignored.

    Each form of a value that has one meaning is read (tools/argument_forms.py); nothing else is coerced.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _read_forms(cls, sent: Any) -> Any:
        return read_arguments(cls, sent)


def _as_of(value: Any) -> datetime:
    """Parse a time to UTC; a date means the end of that day, so that a change on that day counts."""
    parsed = iso8601.parse(value if isinstance(value, str) else "")
    return parsed if isinstance(parsed, datetime) else datetime.combine(parsed, time.max, UTC)


def _quantity(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("must be a number or a decimal string")  # noqa: TRY004 pydantic's
    try:
        if isinstance(value, int):
            return check_quantity(Decimal(value))
        # The SDK's JSON parser reads 0.1 as a float, whose repr() is what the agent wrote.
        return parse_quantity(value if isinstance(value, str) else repr(value))
    except InvalidArgumentError as error:
        raise ValueError(f"{error.message} {error.hint}".rstrip(". ")) from None


def _amount_of(value: Any) -> Decimal:
    """A number of a resource, whose unit is that of the argument."""
    try:
        return _quantity(value)
    except ValueError:
        raise ValueError("must be a number alone; its unit is that of the argument") from None


AsOf = Annotated[
    datetime,
    BeforeValidator(_as_of),
    WithJsonSchema(
        {
            "type": "string",
            "description": "Prices at this date or time (default now).",
            "examples": ["2026-11-20"],
        }
    ),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_quantity),
    WithJsonSchema({"type": "string", "description": "Usage in one month.", "examples": ["730"]}),
]
Amount = Annotated[Decimal | None, BeforeValidator(_amount_of), WithJsonSchema({"type": "string"})]
SkuId = Annotated[str, Field(min_length=1, max_length=MAX_SKU_ID)]
ResponseFormat = Annotated[
    Literal["concise", "detailed"], Field(description="Level of detail of each SKU.", examples=["detailed"])
]


def _short(text: str | None) -> str | None:
    """The text, or None if it is empty: agents send empty strings for arguments they mean to omit."""
    if text and len(text) > MAX_CHARACTERS:
        raise ValueError(f"must have at most {MAX_CHARACTERS} characters")
    return text or None


def _text(description: str, *examples: str) -> Any:
    return Field(default=None, description=description, examples=list(examples))


def _amount(description: str, *examples: str) -> Any:
    return Field(default=None, description=description, examples=list(examples))


def _whole(description: str, least: int, most: int) -> Any:
    return Field(default=None, ge=least, le=most, description=description, examples=[max(least, 1)])


# "null" may be someone's label; a code, such as a cursor or a unit, cannot be that; "all" cannot be a filter.
Text = Annotated[str | None, AfterValidator(_short)]
Code = Annotated[Text, LeftOutAs(ABSENT)]
Filter = Annotated[Text, LeftOutAs(ABSENT | ANYTHING)]


class SearchArguments(Arguments):
    query: str = Field(
        default="",
        max_length=200,
        description="What to find, in words: product, machine family, place, spot or commitment.",
        examples=["n2 core frankfurt"],
    )
    service: Filter = _text("Only this service, by id or name.", "Compute Engine")
    region: Filter = _text("Only SKUs sold in this region or place.", "europe-west3")
    provider: Filter = _text("Only this cloud: gcp, or the models of aws or azure.", "aws")
    resource_family: Filter = _text(
        "Only this resource family.", "Compute", "Storage", "Network", "License", "ApplicationServices"
    )
    resource_group: Filter = _text("Only this resource group.", "CPU")
    usage_type: Filter = _text("Only this usage type.", "OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr")
    kind: Literal["all", "skus", "services"] = Field(
        default="all", description="What to list.", examples=["skus"]
    )
    sort: Literal["relevance", "price"] = Field(
        default="relevance", description="Order of the SKUs.", examples=["price"]
    )
    by: Literal["sku", "region"] = Field(
        default="sku",
        description='"region" compares one thing over the regions that sell it, cheapest first.',
        examples=["region"],
    )
    limit: int = Field(default=10, ge=1, le=50, description="Results per page.", examples=[10])
    cursor: Code = _text("next_cursor of the previous page.", "MS4…")
    response_format: ResponseFormat = "concise"


class DetailsArguments(Arguments):
    sku_ids: list[SkuId] = Field(
        default=[], max_length=MAX_DETAILS, description="SKU ids, from search.", examples=[["22EB-AAE8-FBCD"]]
    )
    resources: list[Annotated[str, Field(min_length=1, max_length=MAX_RESOURCE)]] = Field(
        default=[],
        max_length=MAX_DETAILS,
        description="Whole resources, as gcloud names them.",
        examples=[["n2-standard-8"]],
    )
    as_of: AsOf | None = None
    history: bool = Field(default=False, description="Also list every price of SKUs so far.", examples=[True])

    @model_validator(mode="after")
    def _has_entries(self) -> DetailsArguments:
        count = len(self.sku_ids) + len(self.resources)
        if not 1 <= count <= MAX_DETAILS:
            raise ValueError(f"send 1 to {MAX_DETAILS} sku_ids and resources together, not {count}")
        return self


# The fields of an item that are about a SKU, and those about both; all others are about resources.
OF_SKUS = frozenset({"sku_id", "unit"})
OF_BOTH = frozenset({"region", "quantity", "label"})


class CalculateItem(Arguments):
    """Usage of a SKU, or whole resources."""

    sku_id: Annotated[SkuId | None, LeftOutAs(frozenset({""}))] = Field(
        default=None, description="SKU id, from search.", examples=["22EB-AAE8-FBCD"]
    )
    resource: Code = _text("In place of sku_id: a resource as gcloud names it.", "n2-standard-8")
    quantity: Quantity | None = Field(
        default=None, description="Usage in one month; of a resource: how many.", examples=["730"]
    )
    unit: Code = _text("Of the quantity (default: the SKU's usage unit).", "GiB")
    region: Filter = _text("Region, zone or place of use.", "us-central1")
    label: Text = _text("Your name for the item.", "web servers")
    hours: Amount = _amount("Hours a month (default 730).", "730")
    usage_type: Code = _text("OnDemand, spot, 1y or 3y.", "1y")
    os: Code = _text("Operating system.", "windows-server")
    gpu: Code = _text("GPU attached to an N1 machine.", "nvidia-tesla-t4")
    gpu_count: int | None = _whole("How many of it.", 1, 16)
    local_ssds: int | None = _whole("Local SSDs of 375 GiB.", 0, 32)
    size_gib: Amount = _amount("GiB of a disk, in a bucket or moved.", "100")
    iops: Amount = _amount("IOPS of a disk.", "10000")
    throughput: Amount = _amount("MiB/s of a disk.", "300")
    engine: Code = _text("Database engine.", "postgres")
    ha: bool = Field(default=False, description="Regional disk, standby database.", examples=[True])
    storage_class: Code = _text("Storage class of a bucket.", "nearline")
    class_a_operations: Amount = _amount("Class A operations a month.", "50000")
    class_b_operations: Amount = _amount("Class B operations a month.", "50000")
    retrieval_gib: Amount = _amount("GiB read back a month.", "10")
    early_deletion_gib_days: Amount = _amount("GiB deleted early x days left.", "300")
    backup_gib: Amount = _amount("GiB of backups.", "50")
    vms: Amount = _amount("VMs behind NAT.", "4")
    vcpus: Amount = _amount("vCPUs of an Autopilot pod.", "0.5")
    memory_gib: Amount = _amount("GiB of RAM of an Autopilot pod.", "2")
    processed_gib: Amount = _amount("GiB through NAT or a load balancer.", "500")
    source: Code = _text("Traffic from.", "europe-west3")
    destination: Code = _text("Traffic to.", "Asia")
    cloud: Code = _text("Cloud of a model.", "gcp")
    tier: Code = _text("Tier, edition or class.", "enterprise-plus")
    context: Code = _text("short or long.", "long")
    scope: Code = _text("regional, geo or global.", "global")
    host: Code = _text("Who hosts a model.", "fireworks")
    input_tokens: Amount = _amount("Uncached tokens a month.", "1000000")
    output_tokens: Amount = _amount("Tokens a month.", "200000")
    cached_input_tokens: Amount = _amount("Tokens from a cache.", "500000")
    cache_write_tokens: Amount = _amount("Tokens to a cache.", "100000")
    cache_write_hour_tokens: Amount = _amount("Tokens to a cache of an hour.", "100000")
    batch: bool = Field(default=False, description="Batch prices.", examples=[True])

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> CalculateItem:
        if (self.sku_id is None) == (self.resource is None):
            raise ValueError("needs either sku_id or resource")
        if self.sku_id is not None and self.quantity is None:
            raise ValueError("needs quantity beside sku_id")
        others = self.model_fields_set - OF_BOTH
        wrong = others - OF_SKUS if self.sku_id else others & {"unit"}
        if wrong:
            kind = "resource" if self.sku_id else "sku_id"
            raise ValueError(f"{', '.join(sorted(wrong))} goes with {kind}")
        return self

    def request(self) -> calculation.Item | calculation.ResourceRequest:
        """The item as the catalog takes it."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        sent = {name: value for name, value in given.items() if value is not None}
        return calculation.Item(**sent) if self.sku_id else calculation.ResourceRequest(**sent)


class CalculateArguments(Arguments):
    items: list[CalculateItem] = Field(
        min_length=1, max_length=calculation.MAX_ITEMS, description="Usage to price."
    )
    months: int = Field(default=1, ge=1, le=120, description="Number of such months.", examples=[12])
    as_of: AsOf | None = None
    compare: bool = Field(
        default=False,
        description="Also price each resource on demand, as spot and with commitments.",
        examples=[True],
    )
    group_by: Literal["label", "region", "resource"] | None = Field(
        default=None, description="Also add up what has this in common.", examples=["label"]
    )
    cursor: Code = _text("next_cursor of the page before; all else unchanged.", "MS4…")
    response_format: ResponseFormat = "concise"


class CatalogState(TypedDict):
    """The state of the catalog that an answer comes from."""

    synced_at: str | None
    stale: bool
    update_id: int
    source: str
    currency: Literal["USD"]


class Envelope(TypedDict):
    """Fields of every answer."""

    contract: Literal["1"]
    catalog: CatalogState


class SearchAnswer(Envelope, catalog_search.SearchAnswer):
    pass


class DetailsAnswer(Envelope, answers.DetailsAnswer):
    pass


class CalculateAnswer(Envelope, answers.CalculateAnswer):
    pass
