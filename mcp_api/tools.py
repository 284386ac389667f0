"""The three tools: each parses nothing, asks the catalog one thing and adds what every answer carries."""

from __future__ import annotations

from typing import Any

from catalog import calculate as calculation
from catalog import details as sku_details
from catalog import search as catalog_search
from catalog.errors import CatalogEmptyError
from catalog.models import PricingUpdate
from mcp_api.schemas import CalculateArguments, DetailsArguments, SearchArguments

CONTRACT = "1"

Answer = dict[str, Any]


def search(arguments: SearchArguments) -> Answer:
    """Find services and SKUs by words a person would use, with the list price of each SKU."""
    update = _update()
    answer = catalog_search.search(catalog_search.SearchRequest(**arguments.model_dump()))
    hint = " ".join(filter(None, [update.sample_notice, answer["hint"]])) or None
    return _envelope(update) | answer | {"hint": hint}


def details(arguments: DetailsArguments) -> Answer:
    """Show SKUs whole: metadata, price tiers in exact decimals, price history, and a calculate call."""
    update = _update()
    answer = sku_details.details(arguments.sku_ids, as_of=arguments.as_of, history=arguments.history)
    return _envelope(update) | answer | {"hint": update.sample_notice}


def calculate(arguments: CalculateArguments) -> Answer:
    """Price usage of SKUs exactly, tier by tier, free allowances given once, with the rows used as proof."""
    update = _update()
    items = [calculation.Item(**item.model_dump()) for item in arguments.items]
    answer = calculation.calculate(items, months=arguments.months, as_of=arguments.as_of)
    if update.sample_notice:
        answer["assumptions"].insert(0, update.sample_notice)
    return _envelope(update) | answer


def _update() -> PricingUpdate:
    update = PricingUpdate.objects.latest_completed()
    if update is None:
        raise CatalogEmptyError(
            "The catalog is empty: no prices were synced yet.",
            hint="Ask the operator to run: manage.py sync_catalog.",
        )
    return update


def _envelope(update: PricingUpdate) -> Answer:
    return {
        "contract": CONTRACT,
        "catalog": {
            "synced_at": update.completed_at.strftime("%Y-%m-%dT%H:%M:%SZ") if update.completed_at else None,
            "update_id": update.pk,
            "source": update.source,
            "currency": "USD",
        },
    }
