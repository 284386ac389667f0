"""The page of a whole resource: what it is made of, and its price in each region and usage type."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from catalog.errors import NotFoundError
from catalog.offers.attributes import TERMS
from console.pages import Page, Table
from console.prices.regions import HEADINGS, place_of
from tools import prices
from tools.prices_schema import DetailsArguments

COLUMNS = ("resource", "region", "usage_type", "price_per_hour_usd", "price_per_month_usd")
NUMBERS = frozenset({"price_per_hour_usd", "price_per_month_usd"})


def machine(_request: HttpRequest, name: str) -> Page:
    """Show a resource, such as a machine type.

    Raises:
        NotFoundError: there is no resource of this name.
    """
    answer = prices.details(DetailsArguments(resources=[name]))
    if not answer["resources"]:
        unknown = answer["not_found"][0]
        message = unknown.get("message") or f"There is no resource {name}."
        raise NotFoundError(message, candidates=unknown["candidates"])
    found = answer["resources"][0]
    context = {
        "resource": found,
        "headings": HEADINGS.values(),
        "regions": [_region(row) for row in found["prices"]],
        # A part that is billed by time has a price of the hour unless its price has tiers.
        "tiered": all(part["per"] != "use" for part in found["parts"]),
        "raw": json.dumps(answer, ensure_ascii=False, indent=2),
    }
    return Page("console/machine.html", answer, Table(COLUMNS, _rows(found), NUMBERS), context)


def _region(row: dict[str, Any]) -> dict[str, Any]:
    columns = [
        (heading, row[usage_type]) for usage_type, heading in zip(TERMS, HEADINGS.values(), strict=True)
    ]
    return {"name": row["region"], "place": place_of(row["region"]), "columns": columns}


def _rows(found: dict[str, Any]) -> Iterator[tuple[str | None, ...]]:
    for row in found["prices"]:
        for usage_type in TERMS:
            if cost := row[usage_type]:
                yield found["resource"], row["region"], usage_type, cost["hour"], cost["month"]
