"""The answers about live usage as JSON (tool contract, version 1; docs/tools.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

CONTRACT: Literal["1"] = "1"


class MissingMinutes(TypedDict):
    """Minutes that were not read, so that nothing is known of them."""

    source: str
    cloud: str
    start: str
    end: str
    why: str


class Collecting(TypedDict):
    """What asking the clouds took today; `cost` is null where the price of a request is not known."""

    source: str
    calls: int
    cost: str | None
    currency: str
    price: str | None


class LiveBasis(TypedDict):
    """What every answer about live usage rests on. `lag_seconds` is by cloud, null if nothing was read."""

    contract: Literal["1"]
    start: str
    end: str
    as_of: str
    basis: str
    lag_seconds: dict[str, int | None]
    complete: bool
    missing: list[MissingMinutes]
    collecting: list[Collecting]
    is_estimate: bool
    is_demo: bool
    hint: str | None


class UsageGroup(TypedDict):
    """The calls of a customer or feature; null is those of none."""

    name: str | None
    tokens: str
    requests: str


class UsageRow(TypedDict):
    """A model of an account; null is what the cloud does not tell. Only calls tell customers and features."""

    cloud: str
    account: str
    region: str
    model: str
    name: str
    deployment: str | None
    customer: str | None
    feature: str | None
    input_tokens: str | None
    cached_input_tokens: str | None
    cache_write_tokens: str | None
    output_tokens: str | None
    other_tokens: str | None
    input_has_cached: bool
    requests: str | None
    active_requests: str | None
    throttles: str | None
    latency_ms: str | None


class UsageAnswer(LiveBasis):
    """The answer of live_usage."""

    rows: list[UsageRow]
    rows_left_out: int
    groups: list[UsageGroup]
    groups_left_out: int
    tokens: str
    requests: str | None


class PriceSaid(TypedDict):
    """Where a price is from: a bill, the provider's list or a community's; and what it takes for granted."""

    source: str
    as_of: str
    detail: str
    per_million: str
    assumes: list[str]


class CostRow(TypedDict):
    """Tokens of one kind; `cost` is null if their price is not known, and `why` says so."""

    cloud: str
    account: str
    region: str
    model: str
    name: str
    customer: str | None
    feature: str | None
    direction: str | None
    cache: str | None
    tier: str | None
    scope: str | None
    tokens: str
    cost: str | None
    currency: str | None
    is_upper_bound: bool
    price: PriceSaid | None
    why: str | None


class CostTotal(TypedDict):
    """The cost of the tokens with a price, in one currency."""

    currency: str
    cost: str
    is_upper_bound: bool


class CloudCost(CostTotal):
    cloud: str


class CostGroup(TypedDict):
    """What the calls of a customer or feature cost, by currency; null is those of none."""

    name: str | None
    tokens: str
    totals: list[CostTotal]
    unpriced_tokens: str


class Reconciled(TypedDict):
    """The tokens of a cloud's model on a settled day: what was estimated, and what the bill says.

    Amounts are effective costs in `currency`. `error` is the estimate less the bill; it is null if one of
    them is not known, and `why` says why. A `model` of null is all of the cloud: what was priced, and what is
    billed.
    """

    day: str
    cloud: str
    model: str | None
    currency: str
    estimated: str | None
    billed: str | None
    error: str | None
    error_percent: str | None
    why: str | None


class Certainty(TypedDict):
    """On each of the last `days` settled days, the estimate was within `within_percent` of the bill.

    A `model` of null is all of the cloud.
    """

    cloud: str
    model: str | None
    currency: str
    days: int
    within_percent: str


class CostAnswer(LiveBasis):
    """The answer of live_cost. `billed` is what the bill has of the day already: it is part of no total.

    `certainty` is how far off the estimates of past days were; it has nothing of a model of which that is not
    known.
    """

    totals: list[CostTotal]
    clouds: list[CloudCost]
    rows: list[CostRow]
    rows_left_out: int
    groups: list[CostGroup]
    groups_left_out: int
    unpriced_tokens: str
    billed: dict[str, str] | None
    certainty: list[Certainty]


def utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
