"""The prices of machines that the benchmark of resources takes for right."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from benchmarks.resources.comparison import MACHINE_TYPES
from benchmarks.resources.machine_prices import COMPUTE_ENGINE, MachinePrices

IOWA = "us-central1"


def sku(name: str, nanos: int, usage_type: str = "OnDemand", region: str = IOWA) -> dict[str, Any]:
    rate = {"startUsageAmount": 0, "unitPrice": {"units": "0", "nanos": nanos}}
    return {
        "description": name,
        "category": {"usageType": usage_type},
        "serviceRegions": [region],
        "pricingInfo": [{"pricingExpression": {"tieredRates": [rate]}}],
    }


@pytest.fixture
def prices(tmp_path: Path) -> MachinePrices:
    skus = [
        sku("G2 Instance Core running in Iowa", 25_000_000),
        sku("G2 Instance Ram running in Iowa", 3_000_000),
        sku("Nvidia L4 GPU running in Iowa", 560_000_000),
        sku("Spot Preemptible G2 Instance Core running in Iowa", 10_000_000, "Preemptible"),
        sku("Commitment v1: E2 Cpu in Iowa for 1 Year", 13_000_000, "Commit1Yr"),
        sku("Commitment v1: E2 Ram in Iowa for 1 Year", 2_000_000, "Commit1Yr"),
        sku("E2 Instance Core running in Iowa", 20_000_000),
        sku("E2 Instance Core running in Council Bluffs", 21_000_000),
        sku("E2 Instance Ram running in Iowa", 3_000_000),
    ]
    (tmp_path / "skus").mkdir()
    with gzip.open(tmp_path / "skus" / f"{COMPUTE_ENGINE}.json.gz", "wt") as file:
        json.dump({"skus": skus}, file)
    return MachinePrices(tmp_path, MACHINE_TYPES)


def test_a_price_is_that_of_all_parts(prices: MachinePrices) -> None:
    assert prices.hourly("g2-standard-4", IOWA, "OnDemand") == Decimal(
        "0.708"
    )  # 4 x 0.025, 16 x 0.003, an L4


def test_a_commitment_is_found_by_its_years(prices: MachinePrices) -> None:
    assert prices.hourly("e2-micro", IOWA, "Commit1Yr") == Decimal("0.00525")  # 0.25 vCPUs, 1 GiB


@pytest.mark.parametrize(
    ("machine", "region", "usage_type"),
    [
        ("g2-standard-4", IOWA, "Preemptible"),  # no such memory
        ("g2-standard-4", "europe-west3", "OnDemand"),
        ("e2-micro", IOWA, "Commit3Yr"),
        ("e2-micro", IOWA, "OnDemand"),  # two prices of a core
    ],
)
def test_what_is_not_sold_whole_or_has_several_prices_is_left_out(
    prices: MachinePrices, machine: str, region: str, usage_type: str
) -> None:
    assert prices.hourly(machine, region, usage_type) is None
