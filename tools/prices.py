"""The three tools. Each calls one catalog function and wraps the result in the response envelope."""

from __future__ import annotations

from typing import Any

from catalog import search as catalog_search
from catalog.errors import CatalogEmptyError
from catalog.models import SAMPLE, PricingUpdate
from catalog.pricing import calculate as calculation
from catalog.pricing import details as sku_details
from catalog.pricing import list_prices
from catalog.pricing.answers import utc_text
from catalog.providers.sample.source import SampleSource
from tools.prices_schema import CalculateArguments, DetailsArguments, SearchArguments

CONTRACT = "1"

Answer = dict[str, Any]

_SAMPLE_NOTICE = SampleSource().notice()


def search(arguments: SearchArguments) -> Answer:
    """Find services and SKUs by words a person would use, with the list price of each SKU."""
    update = _require_synced(PricingUpdate.objects.latest_completed())
    answer = catalog_search.search(catalog_search.SearchRequest(**arguments.model_dump()), latest=update)
    hint = " ".join(filter(None, [_notice(update), answer["hint"]])) or None
    return {**_envelope(update), **answer, "hint": hint}


def details(arguments: DetailsArguments) -> Answer:
    """Show SKUs in full: metadata, exact price tiers, price history on request, an example calculate call."""
    snapshot = list_prices.snapshot(arguments.as_of)
    update = _require_synced(snapshot.latest)
    answer = sku_details.details(arguments.sku_ids, snapshot=snapshot, history=arguments.history)
    return {**_envelope(update), **answer, "hint": _notice(update)}


def calculate(arguments: CalculateArguments) -> Answer:
    """Price usage exactly: by tier, free allowances granted once, units converted, price rows as proof."""
    snapshot = list_prices.snapshot(arguments.as_of)
    update = _require_synced(snapshot.latest)
    items = [calculation.Item(**item.model_dump()) for item in arguments.items]
    answer = calculation.calculate(
        items,
        months=arguments.months,
        snapshot=snapshot,
        detailed=arguments.response_format == "detailed",
    )
    if notice := _notice(update):
        answer["assumptions"].insert(0, notice)
    return {**_envelope(update), **answer}


def _require_synced(update: PricingUpdate | None) -> PricingUpdate:
    if update is None:
        raise CatalogEmptyError(
            "The catalog is empty; no prices have been synced yet.",
            hint="Ask the operator to run manage.py sync_catalog.",
        )
    return update


def _notice(update: PricingUpdate) -> str | None:
    return _SAMPLE_NOTICE if update.source == SAMPLE else None


def _envelope(update: PricingUpdate) -> Answer:
    return {
        "contract": CONTRACT,
        "catalog": {
            "synced_at": utc_text(update.completed_at) if update.completed_at else None,
            "update_id": update.pk,
            "source": update.source,
            "currency": "USD",
        },
    }
