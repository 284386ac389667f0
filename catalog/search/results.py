"""The SKUs of a response, each with the list price in effect now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from catalog.models import NANOS, PricingInfo, PricingTier
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import ListPrice, Snapshot, in_effect
from catalog.search.contract import FoundSku, Price, ResponseFormat

# Some SKUs are sold in a dozen regions; listing them all would crowd the response.
CONCISE_REGIONS = 6
DETAILS = ("description", "geo_taxonomy_type", "geo_taxonomy_regions", "service_provider_name")


# The rows of all current and past prices, by SKU.
PriceRows = Mapping[str, Sequence[dict[str, Any]]]


def by_sku(rows: Iterable[dict[str, Any]]) -> PriceRows:
    """The rows "price" of statements.FIND_SKUS by SKU."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["sku_id"]].append(row)
    return found


def with_prices(
    skus: Sequence[dict[str, Any]], listed: PriceRows, snapshot: Snapshot, response_format: ResponseFormat
) -> list[FoundSku]:
    """The SKUs of a page with their prices.

    Args:
        skus: rows of statements.FIND_SKUS.
        listed: all current and past prices of these SKUs.
        snapshot: the current time and the latest completed sync.
        response_format: "detailed" adds the description, the places, the provider and the tiers.
    """
    found = []
    for sku in skus:
        list_price = _in_effect(listed.get(sku["sku_id"], ()), snapshot)
        priced = sku | {"price": _price(list_price, response_format) if list_price else None}
        found.append(cast("FoundSku", priced if response_format == "detailed" else _concise(priced)))
    return found


def price_of(rows: Sequence[dict[str, Any]], snapshot: Snapshot) -> tuple[Decimal | None, str | None]:
    """The list price of one usage unit now, and the unit; None for both if there is none."""
    if len(rows) == 1 and rows[0]["tiers"]:
        began = rows[0]["effective_time"]
        # The only price is in effect from its beginning: no need for models.
        if began is None or _time(began) <= snapshot.at:
            return _first_paid_rate(rows[0]["tiers"]), rows[0]["usage_unit"]
    list_price = _in_effect(rows, snapshot)
    return (_first_paid(list_price), list_price.usage_unit.code) if list_price else (None, None)


def _in_effect(rows: Iterable[dict[str, Any]], snapshot: Snapshot) -> ListPrice | None:
    return in_effect([_list_price(row) for row in rows], snapshot)


def _first_paid_rate(tiers: Iterable[tuple[str, str, int]]) -> Decimal:
    rates = (
        Decimal(units) + nanos / NANOS for _, units, nanos in sorted(tiers, key=lambda tier: float(tier[0]))
    )
    return next((rate for rate in rates if rate), Decimal(0))


def _first_paid(list_price: ListPrice) -> Decimal:
    """The rate of the first tier that is not free, as a free allowance is not the price."""
    return next((tier.unit_price for tier in list_price.tiers if tier.unit_price), Decimal(0))


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
    tiers, unit = list_price.tiers, list_price.usage_unit
    price = Price(
        amount=plain(_first_paid(list_price)),
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
