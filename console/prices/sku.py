"""The page of a SKU: its price first, then tiers, history, the same thing elsewhere, and a calculator."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, QueryDict

from catalog.errors import CatalogError, NotFoundError
from catalog.pricing import list_prices
from catalog.pricing.sku_ids import normalize
from catalog.search.siblings import siblings
from console.arguments import read
from console.pages import Page, Table
from console.prices.money import digits, first_paid, per_month
from console.prices.regions import regions, rows
from tools import prices
from tools.prices_schema import CalculateArguments, CalculateItem, DetailsArguments

COLUMNS = (
    "region",
    "usage_type",
    "sku_id",
    "display_name",
    "tier_from",
    "tier_to",
    "price_usd",
    "usage_unit",
)
NUMBERS = frozenset({"tier_from", "tier_to", "price_usd"})
# How the address calls the arguments of the calculator.
CALCULATOR = {"quantity": "quantity", "unit": "unit"}


def sku(request: HttpRequest, sku_id: str) -> Page:
    """Show a SKU.

    Raises:
        NotFoundError: the catalog has no SKU of this id.
    """
    snapshot = list_prices.snapshot()
    # First, because it reads all SKUs of the page at once, and they are in memory then.
    own_id = normalize(sku_id)
    same = siblings([own_id], snapshot)[own_id]
    answer = prices.details(DetailsArguments(sku_ids=[sku_id], history=True), snapshot)
    if not answer["skus"]:
        candidates = answer["not_found"][0]["candidates"]
        raise NotFoundError(f"The catalog has no SKU {sku_id}.", candidates=candidates)
    found = answer["skus"][0]
    elsewhere = regions(same)
    context = {
        "sku": found,
        "first": _first_price(found),
        "regions": elsewhere,
        "raw": json.dumps(answer, ensure_ascii=False, indent=2),
        **_calculated(request.GET, found),
    }
    return Page("console/sku.html", answer, Table(COLUMNS, rows(elsewhere), NUMBERS), context)


def _first_price(sku: dict[str, Any]) -> dict[str, str | None] | None:
    """The price in the first tier that is not free, by the unit and by the month, with a word on tiers."""
    pricing = sku["pricing"]
    amount = first_paid(pricing["tiers"]) if pricing else None
    if amount is None:
        return None
    return {
        "amount": amount,
        "unit": pricing["usage_unit_description"],
        "month": per_month(amount, pricing["usage_unit"]),
        "tiers": _about_tiers(pricing["tiers"]),
    }


def _about_tiers(tiers: list[dict[str, Any]]) -> str:
    """Few words on tiers: "in tiers: first 100 free"; empty if there is one."""
    if len(tiers) == 1:
        return ""
    starts = [tier["start_usage_amount"] for tier in tiers if tier["unit_price"]["amount"] != "0"]
    free = starts[0] if starts else "0"
    return "in tiers" if free == "0" else f"in tiers: first {digits(free)} free"


def _calculated(sent: QueryDict, sku: dict[str, Any]) -> dict[str, Any]:
    """What the calculator shows: the answer to the quantity in the address, or why there is none."""
    if not sent.get("quantity", "").strip():
        return {}
    try:
        item = read(CalculateItem, sent, CALCULATOR, sku_id=sku["sku_id"])
        return {"calculated": prices.calculate(CalculateArguments(items=[item]))}
    except CatalogError as error:
        return {"calculator_error": f"{error.message} {error.hint}".strip()}
