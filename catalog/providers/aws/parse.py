"""Parses AWS's price list files (AWS Billing user guide, "Reading the service price list files")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.errors import ParseError, SourceError
from catalog.meters.units import unit_in_description
from catalog.providers.listed import (
    MALFORMED,
    ListedRate,
    finite,
    reason,
    text_of,
    tiers_of,
    time_of,
    unit_of,
)
from catalog.providers.records import CURRENCY, LONG_AGO, MalformedSku, PricingRecord, SkuRecord
from catalog.providers.source import Entry

FORMAT = "v1.0"
ON_DEMAND = "OnDemand"
PROVIDER_NAME = "Amazon Web Services"
# What a bill of AWS tells two products by; if all are alike, they are one thing.
_IDENTITY = ("usagetype", "operation", "regionCode", "servicename", "location")


def read_offer(file: Any, service_id: str) -> Iterator[Entry]:
    """The SKUs of a price list file, of one region.

    Two products that a bill cannot tell apart are one: the second is left out if its prices are the same, and
    malformed if they are not.

    Args:
        file: the parsed JSON.
        service_id: the service code that it is to be of.

    Raises:
        SourceError: it is not a price list of that service.
    """
    products, terms = _checked(file, service_id)
    seen: dict[tuple[str, ...], SkuRecord] = {}
    for sku_id, product in products.items():
        entry = _entry(sku_id, product, terms.get(sku_id, {}), service_id)
        if isinstance(entry, SkuRecord):
            known = seen.setdefault(_identity(entry), entry)
            if known is not entry:
                if _rates(known) != _rates(entry):
                    yield MalformedSku(sku_id, _conflict(known, entry))
                continue
        yield entry


def _checked(file: Any, service_id: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if not isinstance(file, Mapping) or file.get("formatVersion") != FORMAT:
        found = file.get("formatVersion") if isinstance(file, Mapping) else None
        raise SourceError(f"The price list of {service_id} has the format {found}, not {FORMAT}.")
    if file.get("offerCode") != service_id:
        raise SourceError(f"The price list of {service_id} is one of {file.get('offerCode')}.")
    products, terms = file.get("products"), file.get("terms")
    on_demand = terms.get(ON_DEMAND, {}) if isinstance(terms, Mapping) else None
    if not isinstance(products, Mapping) or not isinstance(on_demand, Mapping):
        raise SourceError(f"The price list of {service_id} has no products or no terms.")
    return products, on_demand


def _entry(sku_id: str, product: Any, terms: Any, service_id: str) -> Entry:
    try:
        return _sku(sku_id, product, terms, service_id)
    except MALFORMED as error:
        return MalformedSku(sku_id, f"SKU {sku_id}: {reason(error)}.")


def _sku(sku_id: str, product: Mapping[str, Any], terms: Mapping[str, Any], service_id: str) -> SkuRecord:
    attributes = {key: text_of(value) for key, value in product["attributes"].items()}
    priced = sorted((_price(term) for term in terms.values()), key=_began)
    times = [price.effective_time for price, _ in priced]
    if len(set(times)) < len(times):
        raise ParseError("has two prices from the same time on")
    units = {unit for _, unit in priced}
    if len(units) > 1:
        raise ParseError(f"is priced in several units: {', '.join(sorted(units))}")
    unit = next(iter(units), "")
    region = attributes.get("regionCode", "")
    return SkuRecord(
        sku_id=sku_id,
        service_id=service_id,
        display_name=attributes["usagetype"],
        description=_describe(attributes, unit),
        # The unit tells what a meter counts, also when the SKU is read again.
        category={**attributes, "unit": unit},
        resource_family=product.get("productFamily") or "",
        resource_group=attributes.get("servicename", ""),
        usage_type=ON_DEMAND,
        service_regions=(region,) if region else (),
        geo_taxonomy_type="REGIONAL" if region else None,
        geo_taxonomy_regions=(region,) if region else (),
        service_provider_name=attributes.get("provider") or PROVIDER_NAME,
        pricing=tuple(price for price, _ in priced),
    )


def _price(term: Mapping[str, Any]) -> tuple[PricingRecord, str]:
    """A price and its unit, in the words of the list."""
    dimensions: Sequence[Mapping[str, Any]] = list(term["priceDimensions"].values())
    units = {_unit(dimension) for dimension in dimensions}
    currencies = {code for dimension in dimensions for code in dimension["pricePerUnit"]}
    currency = CURRENCY if CURRENCY in currencies else next(iter(sorted(currencies)), CURRENCY)
    if len(units) != 1:
        raise ParseError(f"is priced in several units: {', '.join(sorted(units))}")
    text = units.pop()
    rates = [
        ListedRate(_number(dimension.get("beginRange", "0")), _number(dimension["pricePerUnit"][currency]))
        for dimension in dimensions
    ]
    unit, tiers = tiers_of(rates, unit_of(text))
    record = PricingRecord(
        effective_time=time_of(term["effectiveDate"]),
        summary="",
        currency_code=currency,
        expression={"priceDimensions": dimensions, "offerTermCode": term.get("offerTermCode", "")},
        aggregation=None,
        tiers=tiers,
        usage_unit=unit.code,
        usage_unit_description=unit.description,
        base_unit=unit.base,
        base_unit_description=unit.base,
        base_unit_conversion_factor=unit.factor,
    )
    return record, text


def _unit(dimension: Mapping[str, Any]) -> str:
    """The unit of a rate. The marketplace writes "Units", and beside it how many tokens one is."""
    return unit_in_description(dimension.get("description", "")) or text_of(dimension["unit"])


def _describe(attributes: Mapping[str, str], unit: str) -> str:
    location, region = attributes.get("location", ""), attributes.get("regionCode", "")
    parts = [
        attributes.get("model") or attributes.get("servicename", ""),
        attributes.get("inferenceType", ""),
        attributes.get("feature", ""),
        f"per {unit}" if unit else "",
        f"{location} ({region})" if location and region else location or region,
    ]
    return ", ".join(part for part in parts if part)


def _identity(sku: SkuRecord) -> tuple[str, ...]:
    return tuple(sku.category.get(key, "") for key in _IDENTITY)


def _rates(sku: SkuRecord) -> list[Any]:
    return [(price.usage_unit, price.tiers) for price in sku.pricing]


def _conflict(known: SkuRecord, other: SkuRecord) -> str:
    return (
        f"SKUs {known.sku_id} and {other.sku_id} have different prices for one thing: {other.display_name}."
    )


def _number(value: Any) -> Decimal:
    try:
        return finite(Decimal(text_of(value)))
    except InvalidOperation as error:
        raise ParseError(f"{value!r} is not a number") from error


def _began(priced: tuple[PricingRecord, str]) -> datetime:
    return priced[0].effective_time or LONG_AGO
