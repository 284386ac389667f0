"""The search page: what the tool `search` answers to a question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict

from catalog.search.ambiguity import NONE
from console.arguments import link, read
from console.limits import limited_while_typing
from console.pages import Page, Table
from console.prices.home import EXAMPLES
from console.prices.money import per_month
from tools import prices
from tools.prices_schema import SearchArguments

PAGE = 25
# How the address calls the arguments of the tool.
NAMES = {
    "query": "q",
    "service": "service",
    "region": "region",
    "resource_family": "family",
    "resource_group": "group",
    "usage_type": "usage_type",
    "kind": "kind",
    "sort": "sort",
    "by": "by",
    "cursor": "cursor",
}
FILTERS = {"service": "Service", "region": "Region", "usage_type": "Bought", "resource_group": "Group"}
# What stays if another question is asked.
KEPT = ("service", "region", "usage_type", "group", "family", "sort")
SORTS = {"relevance": "best match", "price": "lowest price"}
AS_ARGUMENTS = {"region": "region", "term": "usage_type", "service": "service"}
COLUMNS = (
    "sku_id",
    "display_name",
    "service",
    "usage_type",
    "regions",
    "price_usd",
    "usage_unit",
    "price_per_month_usd",
)
NUMBERS = frozenset({"price_usd", "price_per_month_usd"})


@limited_while_typing
def search(request: HttpRequest) -> Page:
    """Show the SKUs, resources and services of a question, and what is ambiguous or missing."""
    if not any(request.GET.get(name, "").strip() for name in NAMES.values()):
        return Page("console/search.html", {}, Table(COLUMNS, ()), {"examples": EXAMPLES})
    arguments = read(SearchArguments, request.GET, NAMES, limit=PAGE)
    answer = prices.search(arguments)
    sent = request.GET
    more = link(sent, cursor=answer["next_cursor"]) if answer["next_cursor"] else ""
    kept = [(name, sent[name]) for name in KEPT if sent.get(name)]
    context = {
        "filters": _filters(sent, answer),
        "choices": _choices(sent, answer),
        "sorts": [(label, link(sent, sort=value), value == arguments.sort) for value, label in SORTS.items()],
        "more": more,
        "kept": kept,
    }
    return Page("console/search.html", answer, Table(COLUMNS, _rows(answer), NUMBERS), context)


def _rows(answer: dict[str, Any]) -> Iterator[tuple[str | None, ...]]:
    for found in answer["resources"]:
        price = found["price"] or {"amount": None, "per_month": None}
        name, region = found["resource"], found["region"]
        yield "", name, "", found["usage_type"], region, price["amount"], "h", price["per_month"]
    for sku in answer["skus"]:
        price = sku["price"] or {"amount": None, "usage_unit": None}
        amount, unit = price["amount"], price["usage_unit"]
        month = per_month(amount, unit) if amount else None
        named = (
            sku["sku_id"],
            sku["display_name"],
            sku["service"],
            sku["usage_type"],
            " ".join(sku["regions"]),
        )
        yield *named, amount, unit, month


@dataclass(frozen=True, slots=True)
class Chip:
    """A value that narrows the results, with its number of SKUs; without one it is set and can be removed."""

    value: str
    href: str
    count: int | None = None


def _filters(sent: QueryDict, answer: dict[str, Any]) -> list[tuple[str, Sequence[Chip]]]:
    """The chips by what they are of: the value that is chosen, or those that there are."""
    found: list[tuple[str, Sequence[Chip]]] = []
    for facet, label in FILTERS.items():
        name, values = NAMES[facet], answer["facets"][facet]
        if chosen := sent.get(name):
            found.append((label, [Chip(chosen, link(sent, **{name: None}))]))
        elif len(values) > 1:
            chips = [
                Chip(each["value"], link(sent, **{name: each["value"]}), each["count"]) for each in values
            ]
            found.append((label, chips))
    return found


def _choices(sent: QueryDict, answer: dict[str, Any]) -> list[tuple[str, str, Sequence[tuple[Any, str]]]]:
    """The attributes that are ambiguous, each with what to ask, its values and where they lead."""
    return [
        (
            each["attribute"],
            each["ask"],
            [(value, _chosen(sent, each["attribute"], value["value"])) for value in each["values"]],
        )
        for each in answer["ambiguous_in"] or ()
    ]


def _chosen(sent: QueryDict, attribute: str, value: str) -> str:
    """The address with the value as an argument, or as a word of the question if the tool takes none such.

    It is empty for those that have no value: no word says that.
    """
    if value == NONE:
        return ""
    if attribute in AS_ARGUMENTS:
        return link(sent, **{AS_ARGUMENTS[attribute]: value})
    return link(sent, q=f"{sent.get('q', '')} {value}".strip())
