"""What machines cost by the hour, worked out from the price list without the product's code.

A machine's shape comes from data/machine_types.csv, its prices from the SKUs of Compute Engine, found by the
names that Google gives them.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

COMPUTE_ENGINE = "6F81-5844-456A"
HOURS = Decimal(730)
# A thing and where it is sold, as in "N2 Instance Core running in Iowa", and the years of a commitment.
NAME = re.compile(r"(?P<thing>.*?)(?: (?:running )?in (?P<place>.+?))?(?: for (?P<years>[13]) Years?)?")
SERIES = {
    "a2": "A2", "c2d": "C2D AMD", "c3": "C3", "c3d": "C3D", "e2": "E2", "g2": "G2", "h3": "H3",
    "m1": "Memory-optimized", "m3": "M3 Memory-optimized", "n1": "N1 Predefined", "n2": "N2",
    "n2d": "N2D AMD", "t2a": "T2A Arm", "t2d": "T2D AMD",
}  # fmt: skip
COMMITTED = {"n1": "", "c2": "Compute optimized"}
GPUS = {
    "nvidia-tesla-a100": "Nvidia Tesla A100 GPU",
    "nvidia-a100-80gb": "Nvidia Tesla A100 80GB GPU",
    "nvidia-l4": "Nvidia L4 GPU",
}
# The old names of machines of M1.
RENAMED = ("n1-megamem", "n1-ultramem")
# The first regions have the SKU of local SSD that names no place.
FIRST = frozenset({"us-central1", "us-east1", "us-west1", "europe-west1", "asia-east1"})

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine type: billed vCPUs, GiB of memory and local SSD, and its GPUs."""

    name: str
    series: str
    vcpus: Decimal
    memory: Decimal
    local_ssd: Decimal
    gpu: str
    gpus: Decimal


class MachinePrices:
    """Prices an hour, without the discounts of a month."""

    def __init__(self, catalog: Path, machine_types: Path) -> None:
        self.machines = {machine.name: machine for machine in _machines(machine_types)}
        self._prices = _prices(catalog)

    def hourly(self, name: str, region: str, usage_type: str) -> Decimal | None:
        """The cost of an hour in USD; None if a part of it is not sold so, or has several prices there."""
        machine = self.machines[name]
        amounts = [
            (machine.vcpus, self._part(machine.series, "Core", region, usage_type)),
            (machine.memory, self._part(machine.series, "Ram", region, usage_type)),
        ]
        if machine.gpus:
            amounts.append((machine.gpus, self._gpu(machine.gpu, region, usage_type)))
        if machine.local_ssd:
            amounts.append((machine.local_ssd / HOURS, self._local_ssd(region, usage_type)))
        costs = [amount * price for amount, price in amounts if price]
        return sum(costs, Decimal(0)) if len(costs) == len(amounts) else None

    def _part(self, series: str, part: str, region: str, usage_type: str) -> Decimal | None:
        if usage_type.startswith("Commit"):
            own = COMMITTED.get(series, SERIES.get(series, series.upper()))
            words = ("Cpu", "Core") if part == "Core" else ("Ram",)
            names = [
                " ".join(f"{kind}: {own} {word}".split())
                for word in words
                for kind in ("Commitment v1", "Commitment")
            ]
        else:
            own = "Compute optimized" if series == "c2" else SERIES.get(series, series.upper())
            names = [f"{own} Instance {part}", f"{own} {part}"]
        return self._first(names, region, usage_type)

    def _gpu(self, gpu: str, region: str, usage_type: str) -> Decimal | None:
        name = GPUS.get(gpu, gpu)
        names = {
            "OnDemand": name,
            "Preemptible": f"{name} attached to Spot Preemptible VMs",
        }
        return self._first([names.get(usage_type, f"Commitment v1: {name}")], region, usage_type)

    def _local_ssd(self, region: str, usage_type: str) -> Decimal | None:
        name = "SSD backed Local Storage"
        names = {"OnDemand": name, "Preemptible": f"{name} attached to Spot Preemptible VMs"}
        found = [names.get(usage_type, "Commitment v1: Local SSD")]
        price = self._first(found, region, usage_type)
        is_first = region in FIRST and not usage_type.startswith("Commit")
        return self._first(found, "global", usage_type) if price is None and is_first else price

    def _first(self, names: list[str], region: str, usage_type: str) -> Decimal | None:
        for name in names:
            if found := self._prices.get((usage_type, name, region)):
                return found.copy().pop() if len(found) == 1 else None
        return None


def _prices(catalog: Path) -> Mapping[Key, set[Decimal]]:
    """The prices by usage type, what is sold, and region."""
    found: defaultdict[Key, set[Decimal]] = defaultdict(set)
    with gzip.open(catalog / "skus" / f"{COMPUTE_ENGINE}.json.gz") as file:
        for sku in json.load(file)["skus"]:
            rates = sku["pricingInfo"][-1]["pricingExpression"]["tieredRates"] if sku["pricingInfo"] else []
            match = NAME.fullmatch(sku["description"])
            if len(rates) != 1 or match is None:
                continue
            thing = match["thing"].removeprefix("Spot Preemptible ")
            for region in sku["serviceRegions"]:
                found[_usage_type(sku, match), thing, region].add(_money(rates[0]["unitPrice"]))
    return found


def _usage_type(sku: Mapping[str, Any], match: re.Match[str]) -> str:
    if match["years"]:
        return f"Commit{match['years']}Yr"
    # Local SSD of spot machines is listed as on demand.
    is_spot = "Spot Preemptible" in match["thing"]
    return "Preemptible" if is_spot else str(sku["category"]["usageType"])


def _money(price: Mapping[str, Any]) -> Decimal:
    return Decimal(price.get("units") or 0) + Decimal(price.get("nanos") or 0) / 10**9


def _machines(file: Path) -> Iterator[Machine]:
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(line for line in lines if not line.startswith("#")):
            name, series = row["machine_type"], row["machine_type"].partition("-")[0]
            ssd = row["local_ssd_gib"] or "0"
            if ssd.isdigit() and (series in SERIES or series == "c2") and not name.startswith(RENAMED):
                vcpus = Decimal(row["billed_vcpus"] or row["vcpus"])
                gpus = Decimal(row["gpus"] or 0)
                yield Machine(name, series, vcpus, Decimal(row["memory_gib"]), Decimal(ssd), row["gpu"], gpus)
