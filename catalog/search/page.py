"""What an answer says of each SKU, with the list price in effect now."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from catalog.decimals import plain
from catalog.listing import ListPrice, look_up, snapshot
from catalog.models import PricingUpdate
from catalog.search.contract import FoundSku, Price, ResponseFormat

# A few SKUs are sold in a dozen regions; more would crowd the answer.
CONCISE_REGIONS = 6
DETAILS = ("description", "geo_taxonomy_type", "geo_taxonomy_regions", "service_provider_name")


def with_prices(
    rows: Sequence[dict[str, Any]], latest: PricingUpdate | None, response_format: ResponseFormat
) -> list[FoundSku]:
    """The SKUs of a page.

    Args:
        rows: as statements.FIND_SKUS makes them.
        latest: the latest completed sync.
        response_format: "detailed" adds the description, the places, the provider and the tiers.
    """
    listings = look_up([row["sku_id"] for row in rows], snapshot(None, latest)) if rows else {}
    found = []
    for row in rows:
        list_price = listings[row["sku_id"]].list_price
        priced = row | {"price": _price(list_price, response_format) if list_price else None}
        found.append(cast("FoundSku", priced if response_format == "detailed" else _concise(priced)))
    return found


def _concise(row: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in row.items() if key not in DETAILS}
    if len(row["regions"]) > CONCISE_REGIONS:
        found["regions"] = row["regions"][:CONCISE_REGIONS]
        found["more_regions"] = len(row["regions"]) - CONCISE_REGIONS
    return found


def _price(list_price: ListPrice, response_format: ResponseFormat) -> Price:
    """The rate of the first tier that costs something: a free allowance is not the price."""
    tiers, unit = list_price.tiers, list_price.usage_unit
    price = Price(
        amount=plain(next((tier.unit_price for tier in tiers if tier.unit_price), Decimal(0))),
        currency=list_price.info.currency_code,
        usage_unit=unit.code,
        per=unit.description,
        tiered=len(tiers) > 1,
    )
    if response_format == "detailed":
        price["tiers"] = [
            {"start_usage_amount": plain(tier.start), "amount": plain(tier.unit_price)} for tier in tiers
        ]
    return price
