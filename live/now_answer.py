"""The answer to what is used and costs now, as JSON (docs/live.md)."""

from __future__ import annotations

from typing import Literal

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from live.answer import Collecting, CostTotal, MissingMinutes


class CloudNow(TypedDict):
    """How current a cloud is; `says` is that in words."""

    cloud: str
    lag_seconds: int | None
    is_late: bool
    says: str


class ModelNow(TypedDict):
    """Tokens of a model with a price, or those without, of which `cost` is null and `why` says why.

    `model` is "(unmapped)" if no table of models has `name`, and null with it in the sum of all others.
    """

    cloud: str
    model: str | None
    name: str | None
    tokens: str
    cost: str | None
    currency: str | None
    is_upper_bound: bool
    prices: list[str]
    why: str | None


class Part(TypedDict):
    """What is used and costs in a time; at least that without `complete`, and `why` says why."""

    start: str
    end: str
    complete: bool
    why: str | None
    tokens: str
    unpriced_tokens: str
    totals: list[CostTotal]
    rows: list[ModelNow]
    rows_left_out: int


class PaceOfCloud(TypedDict):
    """The pace of a cloud, and the minutes that it is of; `why` says why it is not known, if it is not."""

    cloud: str
    start: str | None
    end: str | None
    known: bool
    why: str | None
    tokens: str
    unpriced_tokens: str
    totals: list[CostTotal]


class PaceNow(TypedDict):
    """Tokens and cost an hour, if all went on as in the last `minutes` that each cloud has whole."""

    minutes: int
    complete: bool
    clouds: list[PaceOfCloud]
    tokens: str
    unpriced_tokens: str
    totals: list[CostTotal]
    rows: list[ModelNow]
    rows_left_out: int


class DayPart(Part):
    """The day so far, in UTC. `billed` is what the bill has of it already: it is part of no total."""

    billed: dict[str, str]


class NowAnswer(TypedDict):
    """What is used and costs now, this hour and this day."""

    contract: Literal["1"]
    as_of: str
    clouds: list[CloudNow]
    per_hour: PaceNow
    this_hour: Part
    this_day: DayPart
    missing: list[MissingMinutes]
    collecting: list[Collecting]
    is_estimate: bool
    is_demo: bool
    hint: str | None
