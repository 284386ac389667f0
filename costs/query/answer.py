"""The answer to a question as JSON (tool contract, version 1; docs/tools.md)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, NotRequired

# pydantic cannot make a schema of typing's own TypedDict before Python 3.12.
from typing_extensions import TypedDict

from catalog.pricing.answers import utc_text
from catalog.pricing.decimals import plain
from costs.query.figures import Change, Figure
from costs.query.periods import Window
from costs.store.base import LoadedMonth, Metered

CONTRACT: Literal["1"] = "1"


class Load(TypedDict):
    """A load that an answer rests on."""

    load: str
    source: str
    billing_month: str
    loaded_at: str
    is_demo: bool


class Period(TypedDict):
    """Days, of which the end is the first one after."""

    start: str
    end: str


class QueryCost(TypedDict):
    """What asking has cost: the bytes that BigQuery bills, and US dollars by a price and who says it."""

    billed_bytes: int
    usd: str
    usd_per_tib: str
    price_source: str


class Rested(TypedDict):
    """What the figures of an answer rest on."""

    contract: Literal["1"]
    loads: list[Load]
    as_of: str
    is_estimate: bool
    is_demo: bool
    hint: str | None


class Asked(TypedDict):
    """What asking has cost, where the store takes money for it."""

    query_cost: NotRequired[QueryCost]


class Basis(Rested, Asked):
    """What every answer about costs says beside its figures."""


class Answer(Basis):
    """The answer of query_costs. Each row has the dimensions and measures asked for, by their names."""

    currency: str | None
    rows: list[dict[str, Any]]
    rows_left_out: int
    totals: list[dict[str, Any]]
    previous: Period | None
    unmapped: dict[str, str]
    unattributed: dict[str, str]


def load(month: LoadedMonth) -> Load:
    return {
        "load": month.id,
        "source": month.source,
        "billing_month": month.billing_period,
        "loaded_at": utc_text(month.loaded_at),
        "is_demo": month.is_demo,
    }


def asked(answer: Asked) -> Asked:
    """What another answer has cost, of which this one is made."""
    return {"query_cost": answer["query_cost"]} if "query_cost" in answer else {}


def query_cost(metered: Metered, billed_bytes: int) -> QueryCost:
    return {
        "billed_bytes": billed_bytes,
        "usd": plain(metered.cost(billed_bytes)),
        "usd_per_tib": plain(metered.usd_per_tib),
        "price_source": metered.price_source,
    }


def period(window: Window) -> Period:
    return {"start": f"{window.start}", "end": f"{window.end}"}


def money(amounts: Mapping[str, Decimal]) -> dict[str, str]:
    return {currency: plain(amount) for currency, amount in amounts.items()}


def figure(value: Figure) -> str | dict[str, str | None] | None:
    if isinstance(value, Change):
        return {
            "absolute": plain(value.absolute),
            "percent": None if value.percent is None else plain(value.percent),
        }
    return None if value is None else plain(value)
