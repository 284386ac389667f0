"""Arguments and response types of the search tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NotRequired

# Before Python 3.12, pydantic cannot build a schema from typing.TypedDict.
from typing_extensions import TypedDict

from catalog.pricing.answers import ModelAnswer, ResourceExample

Kind = Literal["all", "skus", "services"]
ResponseFormat = Literal["concise", "detailed"]
Sort = Literal["relevance", "price"]
By = Literal["sku", "region"]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to look for: a query, filters or both."""

    query: str = ""
    service: str | None = None
    region: str | None = None
    provider: str | None = None
    resource_family: str | None = None
    resource_group: str | None = None
    usage_type: str | None = None
    kind: Kind = "all"
    sort: Sort = "relevance"
    by: By = "sku"
    limit: int = 10
    cursor: str | None = None
    response_format: ResponseFormat = "concise"


class FoundService(TypedDict):
    service_id: str
    display_name: str
    provider: str
    sku_count: int


class TierPrice(TypedDict):
    start_usage_amount: str
    amount: str


class Price(TypedDict):
    """`amount` is the price of one `usage_unit` in the first tier that is not free."""

    amount: str
    currency: str
    usage_unit: str
    per: str
    tiered: bool
    tiers: NotRequired[list[TierPrice]]


class FoundSku(TypedDict):
    sku_id: str
    display_name: str
    service_id: str
    service: str
    provider: str
    model: NotRequired[ModelAnswer]
    resource_family: str | None
    resource_group: str | None
    usage_type: str | None
    regions: list[str]
    more_regions: NotRequired[int]
    price: Price | None
    description: NotRequired[str | None]
    geo_taxonomy_type: NotRequired[str | None]
    geo_taxonomy_regions: NotRequired[list[str] | None]
    service_provider_name: NotRequired[str]


class ResourcePrice(TypedDict):
    """What one costs in USD: an hour, and a month of 730 hours after sustained-use discounts."""

    amount: str
    per: Literal["hour"]
    per_month: str


class FoundResource(TypedDict):
    """A whole resource; without a price if its region is open, or if a part of it has none.

    `source` is set if no provider lists the model: "community".
    """

    resource: str
    source: NotRequired[str]
    region: str | None
    usage_type: str
    price: ResourcePrice | None
    notes: list[str]
    example: ResourceExample


class FacetValue(TypedDict):
    value: str
    count: int


class Facets(TypedDict):
    service: list[FacetValue]
    region: list[FacetValue]
    usage_type: list[FacetValue]
    resource_group: list[FacetValue]


class Interpreted(TypedDict):
    """What was read from the question; `attributes` are what a SKU has to be, in the catalog's own values.

    `providers` are those whose SKUs are listed, in this order.
    """

    words: list[str]
    region: str | None
    usage_type: str | None
    providers: list[str]
    attributes: dict[str, list[str]]
    quantity: list[str]


# "from" is a keyword.
AmbiguousValue = TypedDict(
    "AmbiguousValue", {"value": str, "count": NotRequired[int], "from": NotRequired[str]}
)


class Ambiguous(TypedDict):
    """An attribute in which the SKUs that fit equally well differ, and the question that settles it.

    `values` are the most frequent values, each with the number of these SKUs and their lowest price; `of` is
    the number of all values. If there are too many SKUs to compare, these figures are left out.
    """

    attribute: str
    values: list[AmbiguousValue]
    of: NotRequired[int]
    ask: str


class Missing(TypedDict):
    """Something that the question names and the catalog does not have.

    `sold_in` are the regions or areas in which a thing is sold that is not sold in the region asked for.
    """

    what: str
    value: str
    why: str
    sold_in: NotRequired[list[str]]


class SearchAnswer(TypedDict):
    """`resources` are the whole things that the question names.

    `total` counts SKUs, or services if `kind` is "services".

    `facets_counted` is the number of SKUs that the facets count: all matches, or an even sample of them.
    `ambiguous_in` is None if the first SKU is the one thing asked for. If something is `missing`, no SKU of
    another thing is listed.
    """

    resources: list[FoundResource]
    services: list[FoundService]
    skus: list[FoundSku]
    total: int
    next_cursor: str | None
    facets: Facets
    facets_counted: int
    interpreted: Interpreted
    ambiguous_in: list[Ambiguous] | None
    missing: list[Missing] | None
    hint: str | None
