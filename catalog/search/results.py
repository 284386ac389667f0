"""The SKUs of a response, each with the list price in effect now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from catalog.models import PricingInfo, PricingTier
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import ListPrice, Snapshot, in_effect
from catalog.search.contract import FoundSku, Price, ResponseFormat

# Some SKUs are sold in a dozen regions; listing them all would crowd the response.
CONCISE_REGIONS = 6
DETAILS = ("description", "geo_taxonomy_type", "geo_taxonomy_regions", "service_provider_name")


def with_prices(
    skus: Sequence[dict[str, Any]],
    prices: Iterable[dict[str, Any]],
    snapshot: Snapshot,
    response_format: ResponseFormat,
) -> list[FoundSku]:
    """The SKUs of a page with their prices.

    Args:
        skus: rows of statements.FIND_SKUS.
        prices: all current and past prices of these SKUs, rows of statements.FIND_SKUS.
        snapshot: the current time and the latest completed sync.
        response_format: "detailed" adds the description, the places, the provider and the tiers.
    """
    listed: defaultdict[str, list[ListPrice]] = defaultdict(list)
    for price in prices:
        listed[price["sku_id"]].append(_list_price(price))
    found = []
    for sku in skus:
        list_price = in_effect(listed[sku["sku_id"]], snapshot)
        priced = sku | {"price": _price(list_price, response_format) if list_price else None}
        found.append(cast("FoundSku", priced if response_format == "detailed" else _concise(priced)))
    return found


def _list_price(row: dict[str, Any]) -> ListPrice:
    info = PricingInfo(
        id=row["id"],
        sku_id=row["sku_id"],
        effective_time=_time(row["effective_time"]) if row["effective_time"] else None,
        created_at=_time(row["created_at"]),
        currency_code=row["currency_code"],
        usage_unit=row["usage_unit"],
        usage_unit_description=row["usage_unit_description"],
    )
    tiers = (
        PricingTier(start_usage_amount=float(start), price_units=units, price_nanos=nanos)
        for start, units, nanos in row["tiers"]
    )
    return ListPrice(info, tuple(sorted(tiers, key=lambda tier: tier.start_usage_amount)))


def _time(text: str) -> datetime:
    """Django stores times in UTC without an offset."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _concise(row: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in row.items() if key not in DETAILS}
    if len(row["regions"]) > CONCISE_REGIONS:
        found["regions"] = row["regions"][:CONCISE_REGIONS]
        found["more_regions"] = len(row["regions"]) - CONCISE_REGIONS
    return found


def _price(list_price: ListPrice, response_format: ResponseFormat) -> Price:
    """The rate of the first tier that is not free, as a free allowance is not the price."""
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
