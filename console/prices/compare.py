"""The page of comparison: one thing in all regions, or several beside each other, cheapest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from django.http import HttpRequest, QueryDict

from catalog.errors import InvalidArgumentError
from catalog.offers.attributes import TERMS
from catalog.pricing import list_prices
from catalog.pricing.list_prices import Snapshot, look_up
from catalog.search.siblings import MAX_ASKED
from console.limits import limited
from console.pages import Page, Table
from console.prices.compared_models import ComparedModels, compared_models
from console.prices.offered import Offered, Price, columns_of
from console.prices.regions import HEADINGS, place_of
from console.prices.things import Open, Thing, read_things
from tools import prices

COLUMNS = (
    "region",
    "thing",
    "usage_type",
    "sku_id",
    "display_name",
    "price_usd",
    "per",
    "percent_over_cheapest",
    "note",
)
NUMBERS = frozenset({"price_usd", "percent_over_cheapest"})


@limited
def compare(request: HttpRequest) -> Page:
    """Compare what the address asks about; without a question, the page asks for one.

    Raises:
        InvalidArgumentError: there are too many questions, or no such usage type.
    """
    questions = [each.strip() for each in request.GET.getlist("q") if each.strip()]
    if len(questions) > MAX_ASKED:
        raise InvalidArgumentError(f"q: {MAX_ASKED} things can be compared at once, not {len(questions)}.")
    usage_type = request.GET.get("usage_type", "").strip()
    if usage_type and usage_type not in TERMS:
        raise InvalidArgumentError(f"usage_type: must be one of {', '.join(TERMS)}.")
    snapshot = list_prices.snapshot()
    state = prices.catalog_state(snapshot)
    things = read_things([*dict.fromkeys(questions)], snapshot, TERMS.get(usage_type))
    models = compared_models(things, request.GET, snapshot)
    settled = [each for each in things if each.left is None and each.model is None]
    columns = columns_of(settled, TERMS.get(usage_type), snapshot, is_alone=len(things) == 1)
    unknown = _unknown(columns, snapshot)
    known = {**unknown, **(models.unsold if models else {})}
    things = [known.get(each.question, each) for each in things]
    columns = [each for each in columns if each.thing.question not in unknown]
    regions = _in_order(columns)
    return Page(
        "console/compare.html",
        {
            **state,
            "things": [_as_json(each, columns) for each in things],
            "regions": _regions(columns, regions),
            **({"models": models.as_json()} if models else {}),
        },
        _table(columns, regions, models),
        {
            "questions": questions,
            "columns": columns,
            "models": models,
            "rows": [(each, place_of(each), _cells(columns, each)) for each in regions],
            "open": [_left_open(each, request.GET) for each in things if each.left],
            "usage_type": usage_type,
            "usage_types": [*zip(TERMS, HEADINGS.values(), strict=True)],
            "can_add": len(questions) < MAX_ASKED,
        },
        404 if things and len(unknown) == len(things) else 200,
    )


def _unknown(columns: Sequence[Offered], snapshot: Snapshot) -> dict[str, Thing]:
    """The SKU ids that the catalog lacks, by question. Takes a query only if an id has no price anywhere."""
    priced = {each.thing.sku_id for each in columns if each.prices}
    bare = {
        each.thing.sku_id: each.thing
        for each in columns
        if each.thing.sku_id and each.thing.sku_id not in priced
    }
    known = look_up(bare, snapshot) if bare else {}
    return {
        thing.question: Thing(thing.question, left=Open(f"The catalog has no SKU {sku_id}."))
        for sku_id, thing in bare.items()
        if sku_id not in known
    }


def _in_order(columns: Sequence[Offered]) -> list[str]:
    """The regions that sell anything, the cheapest in the first column first."""
    regions = dict.fromkeys(region for column in columns for region in column.prices)

    def order(region: str) -> tuple[Any, ...]:
        costs = [column.prices[region].amount if region in column.prices else None for column in columns]
        return (*((cost is None, cost or 0) for cost in costs), region)

    return sorted(regions, key=order)


def _cells(columns: Sequence[Offered], region: str) -> list[tuple[Offered, Price | None, str | None]]:
    return [(column, column.prices.get(region), column.over(region)) for column in columns]


def _left_open(thing: Thing, sent: QueryDict) -> dict[str, Any]:
    """What a thing leaves open, with the addresses that settle it."""
    left = thing.left
    choices = left.choices if left else ()
    return {
        "question": thing.question,
        "says": left.says if left else "",
        "choices": [
            (each.ask, [(label, _with(sent, thing.question, q)) for label, q in each.values])
            for each in choices
        ],
    }


def _with(sent: QueryDict, question: str, other: str) -> str:
    """The query of the address with another question in place of one."""
    query = sent.copy()
    query.setlist("q", [other if each.strip() == question else each for each in sent.getlist("q")])
    return f"?{query.urlencode()}"


def _as_json(thing: Thing, columns: Sequence[Offered]) -> dict[str, Any]:
    own = [each for each in columns if each.thing is thing]
    model = {"model": thing.model.model_id, "cloud": thing.model.cloud} if thing.model else {}
    return {
        "q": thing.question,
        "name": own[0].name if own else None,
        **model,
        "sku_id": thing.sku_id,
        "resource": thing.request.resource if thing.request else None,
        "per": own[0].per if own else None,
        "cheapest": {each.usage_type: _least(each) for each in own},
        "left_open": thing.left.as_json() if thing.left else None,
    }


def _least(column: Offered) -> dict[str, str] | None:
    if column.cheapest is None:
        return None
    region, price = column.cheapest
    return {"region": region, "price_usd": price.text}


def _regions(columns: Sequence[Offered], regions: Sequence[str]) -> list[dict[str, Any]]:
    """For the JSON: each region with what is sold there, in the order of the columns."""
    return [
        {"region": region, "prices": [_price(*each) for each in _cells(columns, region) if each[1]]}
        for region in regions
    ]


def _price(column: Offered, price: Price | None, over: str | None) -> dict[str, Any]:
    return {
        "thing": column.name,
        "usage_type": column.usage_type,
        "sku_id": price.sku_id if price else None,
        "display_name": price.name if price else None,
        "price_usd": price.text if price else None,
        "percent_over_cheapest": over,
        "note": (price.note if price else "") or None,
    }


def _table(columns: Sequence[Offered], regions: Sequence[str], models: ComparedModels | None) -> Table:
    """The CSV, with the columns of models if there are any."""
    if models is None:
        return Table(COLUMNS, _rows(columns, regions), NUMBERS)
    names = (*COLUMNS, *models.columns)
    others = ((*row, *(None for _ in models.columns)) for row in _rows(columns, regions))
    of_models = (tuple(row.get(name) for name in names) for row in models.csv_rows())
    numbers = {name for name, is_number in models.columns.items() if is_number}
    return Table(names, chain(others, of_models), NUMBERS | numbers)


def _rows(columns: Sequence[Offered], regions: Sequence[str]) -> Iterator[tuple[str | None, ...]]:
    for region in regions:
        for column, price, over in _cells(columns, region):
            if price:
                sku = (price.sku_id, price.name)
                yield region, column.name, column.usage_type, *sku, price.text, column.per, over, price.note
