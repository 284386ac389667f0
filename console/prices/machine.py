"""The page of a whole resource: what it is made of, and its price in each region and usage type."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from catalog.errors import NotFoundError
from catalog.offers.attributes import TERMS
from catalog.offers.resources.model_clouds import read_model_name
from console.pages import Page, Table
from console.prices.models import CLOUDS, OF_TOKENS, some_regions
from console.prices.places import DEFAULT_REGION
from console.prices.regions import HEADINGS, place_of
from tools import prices
from tools.prices_schema import DetailsArguments

COLUMNS = ("resource", "region", "usage_type", "price_per_hour_usd", "price_per_month_usd")
NUMBERS = frozenset({"price_per_hour_usd", "price_per_month_usd"})
# Of a model: USD for a million tokens of each kind.
MODEL_COLUMNS = (
    *("cloud", "tier", "scope", "context", "modality", "variant", "regions"),
    *OF_TOKENS,
    *("disputed", "since", "sku_ids", "source"),
)
# Amounts that show how to say an argument that is left open.
AMOUNTS = {
    "size_gib": "100",
    "iops": "3000",
    "throughput": "140",
    "vms": "2",
    "vcpus": "1",
    "memory_gib": "4",
    "input_tokens": "1000000",
    "output_tokens": "1000000",
}
# What a resource between two ends takes instead of a region.
ENDS = frozenset({"source", "destination"})


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
    read = read_model_name(found["resource"])
    context = {
        "resource": found,
        "model": read if read.model_id else None,
        "model_rows": [_model_row(each) for each in found.get("model_prices", ())],
        "choices": _choices(found["resource"], found["ambiguous_in"] or ()),
        "headings": HEADINGS.values(),
        "regions": [_region(row) for row in found["prices"]],
        # A part that is billed by time has a price of the hour unless its price has tiers.
        "tiered": all(part["per"] != "use" for part in found["parts"]),
        "raw": json.dumps(answer, ensure_ascii=False, indent=2),
    }
    return Page("console/machine.html", answer, _table(found), context)


def _table(found: Mapping[str, Any]) -> Table:
    """The CSV: the prices in each region, or those of tokens on each cloud."""
    if "model_prices" not in found:
        return Table(COLUMNS, _rows(found), NUMBERS)
    rows = ([found["resource"], *_texts(row)] for row in found["model_prices"])
    return Table(("resource", *MODEL_COLUMNS), rows, frozenset(OF_TOKENS))


def _texts(row: Mapping[str, Any]) -> Iterator[str | None]:
    values = (row[name] for name in MODEL_COLUMNS)
    return (" ".join(value) if isinstance(value, list) else value for value in values)


def _model_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Prices of tokens: by the heading of each kind, and whether its SKUs disagree."""
    prices = [(heading, row[kind], kind in row["disputed"]) for kind, heading in OF_TOKENS.items()]
    regions = row["regions"]
    where = some_regions(regions) or ", ".join(regions)
    return {**row, "cloud": CLOUDS.get(row["cloud"], row["cloud"]), "prices": prices, "where": where}


def _choices(
    resource: str, left_open: Sequence[dict[str, Any]]
) -> list[tuple[str, bool, Sequence[tuple[str, str]]]]:
    """What is left open: what to ask, whether the answers are but examples, and the answers with their pages.

    Another resource has a page of its own; anything else leads to an estimate that has it chosen.
    """
    names = {each["attribute"] for each in left_open}
    amounts = {each["attribute"]: _amount(each["attribute"]) for each in left_open if not each["values"]}
    if read_model_name(resource).model_id:
        # A region is of one of several clouds, and what prices differ by is asked there.
        amounts["output_tokens"] = _amount("output_tokens")
    elif not names & ENDS:
        amounts["region"] = DEFAULT_REGION
    return [
        (
            each["ask"],
            not each["values"],
            [
                (value, _chosen(resource, each["attribute"], value, amounts))
                for value in each["values"] or [_amount(each["attribute"])]
            ],
        )
        for each in left_open
    ]


def _amount(argument: str) -> str:
    return AMOUNTS.get(argument, "1")


def _chosen(resource: str, attribute: str, value: str, amounts: Mapping[str, str]) -> str:
    if attribute == "resource":
        return reverse("machine", args=[value])
    return _estimate({"resource": resource, **amounts, attribute: value})


def _estimate(item: Mapping[str, str]) -> str:
    """The address of an estimate of one item."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([item.keys(), item.values()])
    return f"{reverse('estimate')}?{urlencode({'csv': text.getvalue()})}"


def _region(row: dict[str, Any]) -> dict[str, Any]:
    columns = [
        (heading, row[usage_type]) for usage_type, heading in zip(TERMS, HEADINGS.values(), strict=True)
    ]
    return {"name": row["region"], "place": place_of(row["region"]), "columns": columns}


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[str | None, ...]]:
    for row in found["prices"]:
        for usage_type in TERMS:
            if cost := row[usage_type]:
                yield found["resource"], row["region"], usage_type, cost["hour"], cost["month"]
