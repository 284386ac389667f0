"""Parses items of Azure's Retail Prices API (Microsoft Learn, "Azure Retail Prices overview")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from catalog.errors import ParseError
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
from catalog.providers.records import MalformedSku, PricingRecord, SkuRecord
from catalog.providers.source import Entry

CONSUMPTION = "Consumption"
ON_DEMAND = "OnDemand"
GLOBAL = "Global"
PROVIDER_NAME = "Microsoft"
# What a meter is, whatever the region.
_NAMES = ("meterName", "productName")
_TEXTS = ("skuName", "serviceName", "serviceFamily", "productId", "skuId")
MAX_PLACES = 10

# The start of a tier and the price of a unit, by the time from which they count.
Rates = dict[datetime, dict[Decimal, Decimal]]


@dataclass(slots=True)
class _Meter:
    """A meter, gathered from its items: one for each region, tier and time."""

    texts: dict[str, str]
    unit: str
    currency: str
    rates: defaultdict[str, Rates] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    places: dict[str, str] = field(default_factory=dict)

    def add(self, item: Mapping[str, Any]) -> None:
        if (text_of(item["unitOfMeasure"]), text_of(item["currencyCode"])) != (self.unit, self.currency):
            raise ParseError(f"has the units {self.unit} and {item['unitOfMeasure']}, or two currencies")
        region = text_of(item["armRegionName"])
        time, start = time_of(item["effectiveStartDate"]), _number(item.get("tierMinimumUnits", 0))
        price, tiers = _number(item["retailPrice"]), self.rates[region][time]
        if tiers.setdefault(start, price) != price:
            raise ParseError(f"costs both {tiers[start]} and {price} in {region or 'no region'}")
        self.places[region] = text_of(item.get("location", ""))


def read_items(items: Iterable[Any], service_id: str) -> Iterator[Entry]:
    """The SKUs of the items of all pages: a meter is one SKU, sold in all regions that list it.

    A meter that is listed twice at one price is one; with two prices it is malformed, and both are named.

    Args:
        items: as the API sends them; those that are no pay-as-you-go prices are left out.
        service_id: the service that the SKUs are of.
    """
    meters: dict[str, _Meter] = {}
    malformed: dict[str, str] = {}
    for item in items:
        try:
            if item["type"] == CONSUMPTION:
                meter_id = text_of(item["meterId"])
                meters.setdefault(meter_id, _meter(item)).add(item)
        except MALFORMED as error:
            found = item.get("meterId") if isinstance(item, Mapping) else None
            malformed.setdefault(found if isinstance(found, str) else "", reason(error))
    for meter_id, meter in meters.items():
        if meter_id not in malformed:
            yield _entry(meter_id, meter, service_id)
    yield from (MalformedSku(meter_id, f"SKU {meter_id}: {why}.") for meter_id, why in malformed.items())


def _meter(item: Mapping[str, Any]) -> _Meter:
    texts = {key: text_of(item[key]) for key in _NAMES}
    texts |= {key: text_of(item.get(key, "")) for key in _TEXTS}
    return _Meter(texts, text_of(item["unitOfMeasure"]), text_of(item["currencyCode"]))


def _entry(meter_id: str, meter: _Meter, service_id: str) -> Entry:
    try:
        return _sku(meter_id, meter, service_id)
    except MALFORMED as error:
        return MalformedSku(meter_id, f"SKU {meter_id}: {reason(error)}.")


def _sku(meter_id: str, meter: _Meter, service_id: str) -> SkuRecord:
    regions = sorted(region for region in meter.rates if region)
    one, *others = meter.rates.items()
    for region, rates in others:
        if rates != one[1]:
            raise ParseError(f"has different prices in {one[0]} and in {region}")
    codes = tuple("global" if region == GLOBAL else region for region in regions)
    is_global = "global" in codes
    return SkuRecord(
        sku_id=meter_id,
        service_id=service_id,
        display_name=meter.texts["meterName"],
        description=_describe(meter, regions),
        # The unit tells what a meter counts, also when the SKU is read again.
        category={**meter.texts, "unit": meter.unit},
        resource_family=meter.texts["serviceFamily"],
        resource_group=meter.texts["productName"],
        usage_type=ON_DEMAND,
        service_regions=codes,
        geo_taxonomy_type="GLOBAL" if is_global else ("REGIONAL" if len(codes) == 1 else "MULTI_REGIONAL"),
        geo_taxonomy_regions=() if is_global else codes,
        service_provider_name=PROVIDER_NAME,
        pricing=tuple(_price(time, rates, meter) for time, rates in sorted(one[1].items())),
    )


def _price(time: datetime, rates: Mapping[Decimal, Decimal], meter: _Meter) -> PricingRecord:
    listed = [ListedRate(start, price) for start, price in sorted(rates.items())]
    unit, tiers = tiers_of(listed, unit_of(meter.unit))
    return PricingRecord(
        effective_time=time,
        summary="",
        currency_code=meter.currency,
        expression={
            "unitOfMeasure": meter.unit,
            "rates": [
                {"tierMinimumUnits": f"{rate.start:f}", "retailPrice": f"{rate.price:f}"} for rate in listed
            ],
        },
        aggregation=None,
        tiers=tiers,
        usage_unit=unit.code,
        usage_unit_description=unit.description,
        base_unit=unit.base,
        base_unit_description=unit.base,
        base_unit_conversion_factor=unit.factor,
    )


def _describe(meter: _Meter, regions: Sequence[str]) -> str:
    places = [f"{meter.places[code]} ({code})" if meter.places[code] else code for code in regions]
    more = f"and {len(places) - MAX_PLACES} more regions" if len(places) > MAX_PLACES else ""
    parts = [
        meter.texts["productName"],
        meter.texts["skuName"],
        f"per {meter.unit}",
        *places[:MAX_PLACES],
        more,
    ]
    return ", ".join(part for part in parts if part)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ParseError(f"{value!r} is not a number")
    return finite(Decimal(value))
