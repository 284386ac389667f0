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
from catalog.pricing.quantities import check_quantity, parse_quantity
from tools.argument_forms import ABSENT, ANYTHING, LeftOutAs, read_arguments

MAX_CHARACTERS = 500
MAX_SKU_ID = 100


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
        min_length=1, max_length=20, description="SKU ids, from search.", examples=[["22EB-AAE8-FBCD"]]
    )
    as_of: AsOf | None = None
    history: bool = Field(default=False, description="Also list every price so far.", examples=[True])


class CalculateItem(Arguments):
    sku_id: SkuId = Field(description="SKU id, from search.", examples=["22EB-AAE8-FBCD"])
    quantity: Quantity
    unit: Code = _text("Unit of the quantity (default: the SKU's usage unit).", "GiB")
    region: Filter = _text("Region of use; checked against the SKU.", "us-central1")
    label: Text = _text("Your name for the item, returned with it.", "web servers")


class CalculateArguments(Arguments):
    items: list[CalculateItem] = Field(min_length=1, max_length=100, description="Usage to price.")
    months: int = Field(default=1, ge=1, le=120, description="Number of such months.", examples=[12])
    as_of: AsOf | None = None
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
