"""The SKUs of a response, each with the list price in effect now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import Any, cast

from catalog.models import NANOS, PricingInfo, PricingTier
from catalog.offers.named_sku import NamedSku
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import ListPrice, Snapshot, in_effect
from catalog.pricing.models import model_of
from catalog.providers.records import GCP
from catalog.search.contract import FoundSku, Price, ResponseFormat

# Some SKUs are sold in a dozen regions; listing them all would crowd the response.
CONCISE_REGIONS = 6
DETAILS = ("description", "geo_taxonomy_type", "geo_taxonomy_regions", "service_provider_name")


# A row "price" of statements.FIND_SKUS.
PriceRow = dict[str, Any]
# The rows of all current and past prices, by SKU.
PriceRows = Mapping[str, Sequence[PriceRow]]


def by_sku(rows: Iterable[PriceRow]) -> PriceRows:
    """The rows by SKU."""
    found: defaultdict[str, list[PriceRow]] = defaultdict(list)
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
        row = _in_effect(listed.get(sku["sku_id"], ()), snapshot)
        priced = sku | _model(sku) | {"price": _price(row, response_format) if row else None}
        found.append(cast("FoundSku", priced if response_format == "detailed" else _concise(priced)))
    return found


def _model(sku: dict[str, Any]) -> dict[str, Any]:
    """What a SKU of AWS or Azure counts: its name is a meter, which people cannot read."""
    if sku["provider"] == GCP:
        return {}
    keys = ("service", "display_name", "resource_family", "resource_group", "usage_type", "provider")
    model = model_of(NamedSku(*(sku[key] or "" for key in keys)))
    return {"model": {key: value for key, value in model.items() if value}} if model else {}


def price_of(rows: Sequence[PriceRow], snapshot: Snapshot) -> tuple[Decimal | None, str | None]:
    """The list price of one usage unit now, and the unit; None for both if there is none."""
    row = _in_effect(rows, snapshot)
    return (_first_paid(_tiers(row)), row["usage_unit"]) if row else (None, None)


def _in_effect(rows: Sequence[PriceRow], snapshot: Snapshot) -> PriceRow | None:
    """The row of the list price in effect now; None if there is none."""
    if len(rows) == 1 and _has_begun(rows[0], snapshot):
        # The only price is in effect from its beginning: no need for models.
        return rows[0] if rows[0]["tiers"] else None
    found = in_effect([_list_price(row) for row in rows], snapshot)
    return next(row for row in rows if row["id"] == found.info.pk) if found else None


def _has_begun(row: PriceRow, snapshot: Snapshot) -> bool:
    return row["effective_time"] is None or _time(row["effective_time"]) <= snapshot.at


def _tiers(row: PriceRow) -> list[tuple[float, Decimal]]:
    """The start of each tier in usage units, with the price of one unit; the lowest start first."""
    tiers = ((float(start), Decimal(units) + nanos / NANOS) for start, units, nanos in row["tiers"])
    return sorted(tiers, key=itemgetter(0))


def _first_paid(tiers: Iterable[tuple[float, Decimal]]) -> Decimal:
    """The rate of the first tier that is not free, as a free allowance is not the price."""
    return next((rate for _, rate in tiers if rate), Decimal(0))


def _list_price(row: PriceRow) -> ListPrice:
    info = PricingInfo(
        id=row["id"],
        sku_id=row["sku_id"],
        effective_time=_time(row["effective_time"]) if row["effective_time"] else None,
        created_at=_time(row["created_at"]),
        currency_code=row["currency_code"],
        usage_unit=row["usage_unit"],
        usage_unit_description=row["usage_unit_description"],
    )
    tiers = [
        PricingTier(start_usage_amount=float(start), price_units=units, price_nanos=nanos)
        for start, units, nanos in row["tiers"]
    ]
    tiers.sort(key=attrgetter("start_usage_amount"))
    return ListPrice(info, tuple(tiers))


def _time(text: str) -> datetime:
    """Django stores times in UTC without an offset."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _concise(row: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in row.items() if key not in DETAILS}
    if len(row["regions"]) > CONCISE_REGIONS:
        found["regions"] = row["regions"][:CONCISE_REGIONS]
        found["more_regions"] = len(row["regions"]) - CONCISE_REGIONS
    return found


def _price(row: PriceRow, response_format: ResponseFormat) -> Price:
    tiers = _tiers(row)
    price = Price(
        amount=plain(_first_paid(tiers)),
        currency=row["currency_code"],
        usage_unit=row["usage_unit"],
        per=row["usage_unit_description"],
        tiered=len(tiers) > 1,
    )
    if response_format == "detailed":
        # The shortest decimal that rounds to the stored double.
        price["tiers"] = [
            {"start_usage_amount": plain(Decimal(repr(start))), "amount": plain(rate)}
            for start, rate in tiers
        ]
    return price
