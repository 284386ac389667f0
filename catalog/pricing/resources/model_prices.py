"""The list prices of a model on every cloud, as details shows them."""

from __future__ import annotations

from decimal import Decimal

from catalog.offers.resources.bill import ModelUse
from catalog.pricing.answers import ModelPriceRow, utc_text
from catalog.pricing.decimals import EXACT, plain
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.model_lines import ListedModel
from catalog.pricing.model_lists import listed_model

MAX_ROWS = 60
_MILLION = Decimal(1_000_000)


def model_prices(use: ModelUse, snapshot: Snapshot) -> tuple[list[ModelPriceRow], int]:
    """The rows of a model, those of text first, and how many more there are.

    Args:
        use: the model, maybe on one cloud.
        snapshot: the time whose prices are shown.
    """
    listed = listed_model(use.model_id or use.name, snapshot)
    found = [each for each in listed if each.line.cloud in use.clouds]
    found.sort(key=lambda each: (each.line.modality != "text", each.line.variant, each.line))
    return [_row(each) for each in found[:MAX_ROWS]], max(len(found) - MAX_ROWS, 0)


def _row(each: ListedModel) -> ModelPriceRow:
    line = each.line
    amounts = {
        kind: None if kind in each.disputed else plain(EXACT.multiply(rate.price, _MILLION))
        for kind, rate in each.rates.items()
    }
    times = [rate.effective_time for rate in each.rates.values() if rate.effective_time]
    return {
        "cloud": line.cloud,
        "source": line.source,
        "tier": line.tier,
        "scope": line.scope,
        "context": line.context,
        "modality": line.modality,
        "variant": line.variant,
        "regions": list(each.regions),
        "input": amounts.get("input"),
        "cached_input": amounts.get("cached_input"),
        "cache_write": amounts.get("cache_write"),
        "output": amounts.get("output"),
        "disputed": list(each.disputed),
        "since": utc_text(max(times))[:10] if times else None,
        "sku_ids": [rate.sku_id for rate in each.rates.values()],
    }
