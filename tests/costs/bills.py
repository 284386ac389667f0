"""Small bills: FOCUS files of a month in a folder, and the sources that load them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from costs.models import CostSource

Row = Mapping[str, str]
OCTOBER, NOVEMBER = "2026-10", "2026-11"


def charge(cost: str = "1.5", *, tags: Mapping[str, str] | None = None, **changes: str) -> dict[str, str]:
    """A charge for a million input tokens of a model on Bedrock."""
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ListCost": cost,
        "ContractedCost": cost,
        "BillingAccountId": "111122223333",
        "BillingCurrency": "USD",
        "ChargeCategory": "Usage",
        "ChargeClass": "",
        "ChargeDescription": "Input tokens",
        "ChargePeriodStart": "2026-10-03T00:00:00Z",
        "ChargePeriodEnd": "2026-10-04T00:00:00Z",
        "ConsumedQuantity": "1000",
        "ConsumedUnit": "1K tokens",
        "InvoiceIssuerName": "Amazon Web Services",
        "PricingQuantity": "",
        "PricingUnit": "",
        "ProviderName": "AWS",
        "RegionId": "us-east-1",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": "Amazon Bedrock",
        "SubAccountId": "444455556666",
        "Tags": json.dumps(tags or {}),
        "x_UsageType": "USE1-Claude3.5Haiku-input-tokens",
    } | changes


def write_bill(folder: Path, month: str, charges: Sequence[Row], name: str = "") -> Path:
    """The charges of a month as a FOCUS file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or f"{month}.csv")
    year, number = map(int, month.split("-"))
    period = {
        "BillingPeriodStart": f"{month}-01T00:00:00Z",
        "BillingPeriodEnd": f"{year + number // 12}-{number % 12 + 1:02}-01T00:00:00Z",
    }
    names = sorted({name for row in charges for name in row} | set(period))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows({**_moved(row, month), **period} for row in charges)
    return path


def _moved(row: Row, month: str) -> Row:
    """A charge of October without a day of its own is of the bill's month, as most usage is."""
    if month != NOVEMBER or row["ChargePeriodStart"] != charge()["ChargePeriodStart"]:
        return row
    ends = {"ChargePeriodEnd": row["ChargePeriodEnd"].replace(OCTOBER, month)}
    return {**row, "ChargePeriodStart": row["ChargePeriodStart"].replace(OCTOBER, month), **ends}


def make_source(folder: Path, name: str = "bills") -> CostSource:
    return CostSource.objects.get_or_create(name=name, defaults={"location": str(folder)})[0]
