"""Price lists of models of AWS and Azure for benchmarks, as large as the true ones.

Azure's are real items of 2026-08 (tests/harness/fake_azure_prices.py). AWS's have every model of the table of
names in twelve regions, at made-up prices.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from catalog.offers.model_names import BUNDLED
from tests.harness.fake_aws_prices import FakeAwsPrices, Rate
from tests.harness.fake_azure_prices import FakeAzurePrices, real_items

REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-central-1", "eu-north-1"),
    *("ap-northeast-1", "ap-south-1", "ap-southeast-2", "ca-central-1", "eu-west-3", "sa-east-1"),
)
# The last regions cost more.
DEAR = frozenset(REGIONS[-3:])
# What is counted, at so many USD for a thousand tokens of the first model.
KINDS = {
    "input-tokens": Decimal("0.00002"),
    "output-tokens": Decimal("0.0001"),
    "cache-read-input-token-count": Decimal("0.000002"),
    "cache-write-input-token-count": Decimal("0.000025"),
    "input-tokens-batch": Decimal("0.00001"),
    "output-tokens-batch": Decimal("0.00005"),
}


def save(folder: Path) -> None:
    """Save both lists in a folder that `sync_catalog --source` reads."""
    FakeAwsPrices({"AmazonBedrock": [*_rates()]}).save(folder)
    FakeAzurePrices(real_items()).save(folder)


def _rates() -> Iterator[Rate]:
    for number, name in enumerate(_names(), 1):
        for region in REGIONS:
            factor = Decimal("1.1") if region in DEAR else Decimal(1)
            for kind, price in KINDS.items():
                yield Rate(f"USE1-{name}-{kind}", f"{price * number * factor:f}", region=region)


def _names() -> Iterator[str]:
    """What AWS calls each model, in a word."""
    names: dict[str, str] = {}
    with BUNDLED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["cloud"] == "aws":
                names.setdefault(row["model_id"], row["billing_model"].replace(" ", "-"))
    return iter(names.values())
