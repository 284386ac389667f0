"""A stand-in for Azure's Retail Prices API, as Microsoft Learn documents it ("Azure Retail Prices overview").

The prices are retail items of 2026-08-11 from the Python package azure-genai-prices 0.2.0 (MIT, © 2026 Nik
Klavžar), trimmed to three regions each: tests/catalog/providers/azure/retail_prices.csv. It has no ids, so
those here are made up.
"""

from __future__ import annotations

import csv
import json
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug import Request, Response

from tests.harness.http_server import serve

Wire = dict[str, Any]
FILE = Path(__file__).parents[1] / "catalog" / "providers" / "azure" / "retail_prices.csv"
_ASKED = re.compile(r"serviceName eq '([^']*)'(?: and contains\(productName, '([^']*)'\))?")


def item(product: str, meter: str, price: str, *, region: str = "eastus", **fields: Any) -> Wire:
    """An item of the API; the id is the same for one product and meter."""
    meter_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{product} {meter}"))
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": float(price),
        "unitPrice": float(price),
        "armRegionName": region,
        "location": "US East" if region == "eastus" else "",
        "effectiveStartDate": "2026-06-01T00:00:00Z",
        "meterId": meter_id,
        "meterName": meter,
        "productId": "DZH318Z0BQ4L",
        "skuId": f"DZH318Z0BQ4L/{meter_id[:4].upper()}",
        "productName": product,
        "skuName": meter.removesuffix(" Tokens"),
        "serviceName": "Foundry Models",
        "serviceId": "DZH317F1HKN0",
        "serviceFamily": "AI + Machine Learning",
        "unitOfMeasure": "1K",
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": "",
        **fields,
    }


@cache
def real_items() -> tuple[Wire, ...]:
    """The items of the file: one for each region, with an id for each price of a meter."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(each for row in csv.DictReader(file) for each in _items(row))


def _items(row: dict[str, str]) -> Iterator[Wire]:
    for region in row["regions"].split() or [""]:
        one = item(
            row["product"],
            row["meter"],
            row["price"],
            region=region,
            unitOfMeasure=row["unit"],
            effectiveStartDate=f"{row['since']}T00:00:00Z",
        )
        name = f"{row['product']} {row['meter']} {row['price']} {row['since']} {row['regions']}"
        assert Decimal(repr(one["retailPrice"])) == Decimal(row["price"])
        yield one | {"meterId": str(uuid.uuid5(uuid.NAMESPACE_OID, name))}


class FakeAzurePrices:
    """Serves `items`, `page_size` a page; `failures` are the answers that come first."""

    def __init__(self, items: Sequence[Wire], page_size: int = 1000) -> None:
        self.items = items
        self.page_size = page_size
        self.failures: list[Response] = []
        self.asked: list[dict[str, str]] = []

    def answer(self, request: Request) -> Response:
        self.asked.append(request.args.to_dict())
        if self.failures:
            return self.failures.pop(0)
        if request.path != "/api/retail/prices":
            return Response("", 404)
        asked = _ASKED.match(request.args.get("$filter", ""))
        assert asked, request.args
        service, product = asked.groups()
        found = [
            each
            for each in self.items
            if each["serviceName"] == service and (product or "") in each["productName"]
        ]
        start = int(request.args.get("$skip", 0))
        page = self._page(
            found, start, f"{request.host_url}api/retail/prices?$filter={request.args['$filter']}"
        )
        return Response(json.dumps(page), content_type="application/json; charset=utf-8")

    def _page(self, found: Sequence[Wire], start: int, url: str) -> Wire:
        items = found[start : start + self.page_size]
        end = start + len(items)
        return {
            "BillingCurrency": "USD",
            "CustomerEntityId": "Default",
            "CustomerEntityType": "Retail",
            "Items": items,
            "NextPageLink": f"{url}&$skip={end}" if end < len(found) else None,
            "Count": len(items),
        }

    @contextmanager
    def served(self) -> Iterator[str]:
        with serve(self.answer) as server:
            yield server.url_for("")

    def save(self, folder: Path) -> None:
        """Save the pages as an operator would."""
        own = [each for each in self.items if each["serviceName"] == "Foundry Models"]
        pages = folder / "retail-prices"
        pages.mkdir(parents=True)
        for number, start in enumerate(range(0, max(len(own), 1), self.page_size)):
            page = self._page(own, start, "https://prices.azure.com/api/retail/prices?")
            (pages / f"{number:04}.json").write_text(json.dumps(page), encoding="utf-8")
