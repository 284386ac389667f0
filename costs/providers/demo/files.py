"""Writes the demo's charges as the clouds would deliver them, so that they are read as real ones are."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from costs.providers.demo.charges import Charge, charges, months

_EXPORT = "demo-focus"
_RUN = "00000000-0000-4000-8000-000000000000"
_ACCOUNTS = {"aws": "111111111111", "gcp": "010101-DEMO00-010101", "azure": "demo-billing-profile"}
_PROVIDERS = {
    "aws": ("AWS", "Amazon Web Services"),
    "azure": ("Microsoft", "Microsoft"),
}


def write(folder: Path, cloud: str, today: date) -> None:
    """Write the deliveries of a cloud's three months into a folder. The same day gives the same bytes.

    Args:
        folder: the folder of the source; earlier files of the demo in it are overwritten.
        cloud: aws, gcp or azure.
        today: the day after the last one with charges.
    """
    writers: Mapping[str, Callable[[Path, date, list[Charge]], None]] = {
        "aws": _write_aws,
        "gcp": _write_google_cloud,
        "azure": _write_azure,
    }
    for month in months(today):
        writers[cloud](folder, month, list(charges(cloud, month, today)))


def _write_aws(folder: Path, month: date, found: list[Charge]) -> None:
    period = f"BILLING_PERIOD={month:%Y-%m}"
    data = f"data/{period}/{_EXPORT}-00001.csv.gz"
    _write(folder / data, _csv(_focus_row(charge, {"x_UsageType": charge.meter.meter}) for charge in found))
    manifest = {"dataFiles": [f"s3://demo/{_EXPORT}/{data}"]}
    path = folder / "metadata" / period / f"{_EXPORT}-Manifest.json"
    _write(path, json.dumps(manifest).encode(), is_packed=False)


def _write_azure(folder: Path, month: date, found: list[Charge]) -> None:
    end = _next_month(month) - timedelta(days=1)
    run = folder / _EXPORT / f"{month:%Y%m%d}-{end:%Y%m%d}" / _RUN
    content = _csv(_focus_row(charge, {"x_SkuMeterName": charge.meter.meter}) for charge in found)
    size = _write(run / "part_0_0001.csv.gz", content)
    manifest = {
        "blobCount": 1,
        "dataRowCount": len(found),
        "exportConfig": {"exportName": _EXPORT, "type": "FocusCost", "dataVersion": "1.2-preview"},
        "runInfo": {
            "runId": _RUN,
            "submittedTime": f"{found[-1].day + timedelta(days=1)}T06:00:00Z",
            "startDate": f"{month}T00:00:00",
            "endDate": f"{end}T00:00:00",
        },
        "blobs": [
            {
                "blobName": f"{_EXPORT}/{run.parent.name}/{_RUN}/part_0_0001.csv.gz",
                "byteCount": size,
                "dataRowCount": len(found),
            }
        ],
    }
    _write(run / "manifest.json", json.dumps(manifest).encode(), is_packed=False)


def _write_google_cloud(folder: Path, month: date, found: list[Charge]) -> None:
    lines = (json.dumps(_google_cloud_row(charge, month)) for charge in found)
    _write(folder / f"billing-export-{month:%Y-%m}.jsonl.gz", "\n".join(lines).encode() + b"\n")


def _focus_row(charge: Charge, meter: Mapping[str, str]) -> dict[str, Any]:
    """A row of FOCUS 1.2, as AWS and Azure export it."""
    provider, issuer = _PROVIDERS[charge.meter.cloud]
    month = charge.day.replace(day=1)
    cost = format(charge.cost, "f")
    account = f"demo-{charge.customer or 'shared'}"
    is_ai = not charge.meter.meter.endswith("xlarge")
    return {
        "BilledCost": cost,
        "BillingAccountId": _ACCOUNTS[charge.meter.cloud],
        "BillingAccountName": "Demo",
        "BillingCurrency": "USD",
        "BillingPeriodStart": _time(month),
        "BillingPeriodEnd": _time(_next_month(month)),
        "ChargeCategory": "Usage",
        "ChargeClass": "",
        "ChargeDescription": charge.meter.meter,
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": _time(charge.day),
        "ChargePeriodEnd": _time(charge.day + timedelta(days=1)),
        "ConsumedQuantity": format(charge.quantity, "f"),
        "ConsumedUnit": charge.meter.unit,
        "ContractedCost": cost,
        "ContractedUnitPrice": format(charge.meter.price, "f"),
        "EffectiveCost": cost,
        "InvoiceIssuerName": issuer,
        "ListCost": cost,
        "ListUnitPrice": format(charge.meter.price, "f"),
        "PricingCategory": "Standard",
        "PricingQuantity": format(charge.quantity, "f"),
        "PricingUnit": charge.meter.unit,
        "ProviderName": provider,
        "PublisherName": provider,
        "RegionId": charge.meter.region,
        "RegionName": charge.meter.region,
        "ServiceCategory": "AI and Machine Learning" if is_ai else "Compute",
        "ServiceName": charge.meter.service,
        "SkuId": charge.meter.sku,
        "SkuPriceId": f"{charge.meter.sku}-ondemand",
        "SubAccountId": account,
        "SubAccountName": account,
        "Tags": json.dumps(_tags(charge)),
        **meter,
    }


def _google_cloud_row(charge: Charge, month: date) -> dict[str, Any]:
    """A row of the detailed usage cost export, as BigQuery writes it."""
    amount = format(charge.quantity, "f")
    project = f"demo-{charge.customer or 'shared'}"
    exported = datetime.combine(charge.day + timedelta(days=1), datetime.min.time(), UTC).replace(hour=6)
    return {
        "billing_account_id": _ACCOUNTS["gcp"],
        "service": {"id": charge.meter.service, "description": charge.meter.service},
        "sku": {"id": charge.meter.sku, "description": charge.meter.meter},
        "usage_start_time": _time(charge.day),
        "usage_end_time": _time(charge.day + timedelta(days=1)),
        "project": {"id": project, "name": project},
        "labels": [{"key": key, "value": value} for key, value in _tags(charge).items()],
        "location": {"location": charge.meter.region, "region": charge.meter.region},
        "cost": format(charge.cost, "f"),
        "cost_at_list": format(charge.cost, "f"),
        "currency": "USD",
        "usage": {
            "amount": amount,
            "unit": charge.meter.unit,
            "amount_in_pricing_units": amount,
            "pricing_unit": charge.meter.unit,
        },
        "price": {
            "effective_price": format(charge.meter.price, "f"),
            "list_price": format(charge.meter.price, "f"),
            "pricing_unit_quantity": "1",
        },
        "credits": [],
        "invoice": {"month": f"{month:%Y%m}"},
        "cost_type": "regular",
        "export_time": f"{exported:%Y-%m-%d %H:%M:%S} UTC",
    }


def _tags(charge: Charge) -> dict[str, str]:
    return {"customer": charge.customer, "env": "prod"} if charge.customer else {"env": "prod"}


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _time(day: date) -> str:
    return f"{day}T00:00:00Z"


def _csv(rows: Iterable[dict[str, Any]]) -> bytes:
    text, rows = io.StringIO(), list(rows)
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def _write(path: Path, content: bytes, *, is_packed: bool = True) -> int:
    """Write a file, packed without a time stamp, unless it has the content already, and return its size."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = gzip.compress(content, mtime=0) if is_packed else content
    if not path.exists() or path.read_bytes() != packed:
        path.write_bytes(packed)
    return len(packed)
