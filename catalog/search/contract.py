"""Arguments and response types of the search tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NotRequired

# Before Python 3.12, pydantic cannot build a schema from typing.TypedDict.
from typing_extensions import TypedDict

Kind = Literal["all", "skus", "services"]
ResponseFormat = Literal["concise", "detailed"]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to look for: a query, filters or both."""

    query: str = ""
    service: str | None = None
    region: str | None = None
    resource_family: str | None = None
    resource_group: str | None = None
    usage_type: str | None = None
    kind: Kind = "all"
    limit: int = 10
    cursor: str | None = None
    response_format: ResponseFormat = "concise"


class FoundService(TypedDict):
    service_id: str
    display_name: str
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


class FacetValue(TypedDict):
    value: str
    count: int


class Facets(TypedDict):
    service: list[FacetValue]
    region: list[FacetValue]
    usage_type: list[FacetValue]
    resource_group: list[FacetValue]


class Interpreted(TypedDict):
    words: list[str]
    region: str | None
    usage_type: str | None


class SearchAnswer(TypedDict):
    """`total` counts SKUs, or services if `kind` is "services".

    `facets_counted` is the number of SKUs that the facets count: all matches, or an even sample of them.
    """

    services: list[FoundService]
    skus: list[FoundSku]
    total: int
    next_cursor: str | None
    facets: Facets
    facets_counted: int
    interpreted: Interpreted
    hint: str | None
