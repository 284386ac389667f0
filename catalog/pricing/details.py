"""The details tool: SKUs in full, and what whole resources are made of and cost in each region."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.pricing import list_prices
from catalog.pricing.answers import DetailsAnswer, utc_text
from catalog.pricing.list_prices import Snapshot
from catalog.pricing.resources.describe import describe
from catalog.pricing.sku_details import FoundSkus, sku_details


def details(
    sku_ids: Sequence[str] = (),
    resources: Sequence[str] = (),
    *,
    snapshot: Snapshot | None = None,
    history: bool = False,
) -> DetailsAnswer:
    """Show SKUs and resources in full.

    Args:
        sku_ids: SKU ids; dashes and capitals in Google's ids do not matter.
        resources: names of resources, such as machine types.
        snapshot: the time whose prices are shown; the present if omitted.
        history: whether to list every price that each SKU has had.

    Returns:
        The answer as the tool contract defines it: the SKUs and resources in the order of the request, and
        what is not found with similar names. Prices are in USD.
    """
    snapshot = snapshot or list_prices.snapshot()
    found = sku_details(sku_ids, snapshot, history=history) if sku_ids else FoundSkus((), (), ())
    described = describe(resources, snapshot)
    return {
        "as_of": utc_text(snapshot.at),
        "skus": list(found.skus),
        "resources": list(described.resources),
        "not_found": [*found.unknown, *described.unknown],
        "hint": " ".join(found.hints) or None,
    }
