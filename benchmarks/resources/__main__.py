"""Measures whole resources in calculate: CPU of a call, size of its answer, and a sweep of all machines.

    .venv/bin/python -m benchmarks.resources FOLDER [--calls N] [--only calls|sweep|comparison]
        [--opencloudcosts PYTHON]

FOLDER is a catalog folder (services.json.gz and skus/). The goals are at most three times the CPU of the
no-op tool and 2 KB for one machine in one call, and 150 ms for 500 items. The sweep prices every machine type
in every region in each way to buy, and counts what is priced whole, in part, and not at all. The exit code is
1 if a machine is priced with a part missing and not said to be partial.

PYTHON is an interpreter that has OpenCloudCosts, which then answers the same questions over the same list:

    .venv/bin/python -m venv occ && occ/bin/pip install opencloudcosts==1.3.1
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any

from benchmarks.calls import Caller, calling
from benchmarks.resources.comparison import compare
from benchmarks.tools_speed import report, sku_ids
from tests.harness.product import install

REGIONS = ("us-central1", "europe-west3", "asia-northeast1", "southamerica-east1")
MACHINES = (
    "n2-standard-8",
    "e2-medium",
    "n1-standard-4",
    "c3-highmem-22",
    "n2-custom-4-16384",
    "t2d-standard-4",
)
USAGE_TYPES = ("OnDemand", "Preemptible", "Commit1Yr", "Commit3Yr")
ONE = {"resource": "n2-standard-8", "region": "europe-west3"}
# A call shows a hundred lines.
ITEMS, BATCH = 500, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument("--calls", type=int, default=300, help="calls per kind (default: %(default)s)")
    parser.add_argument("--only", choices=("calls", "sweep", "comparison"), help="one part")
    parser.add_argument("--opencloudcosts", type=Path, metavar="PYTHON", help="compare with OpenCloudCosts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        installed = install(Path(name), str(options.folder))
        with calling(installed, Path(name)) as caller:
            # First, since it measures a first call too.
            if options.opencloudcosts and options.only in (None, "comparison"):
                compare(caller, options.opencloudcosts, options.folder)
            if options.only in (None, "calls"):
                measure(caller, options.calls)
            is_right = options.only in ("calls", "comparison") or sweep(caller)
    sys.exit(not is_right)


def measure(caller: Caller, calls: int) -> None:
    """Print what calls cost beside a no-op, and how long answers are."""
    arguments: dict[str, dict[str, Any]] = {
        "1 machine": {"items": [ONE]},
        "1 machine, compared": {"items": [ONE], "compare": True},
        "10 machines": {"items": machines(10)},
        f"{ITEMS} mixed items": {"items": mixed(caller)},
    }
    costs = {"no-op": caller.measure("noop", {}, calls)}
    for label, sent in arguments.items():
        costs[label] = caller.measure(
            "calculate", sent, calls if "mixed" not in label else max(calls // 10, 20)
        )
    report(costs)
    for label, sent in arguments.items():
        answer = json.dumps(caller.answer("calculate", sent), separators=(",", ":"))
        print(f"{label:22}{len(answer):10,} bytes")


def machines(count: int) -> list[dict[str, Any]]:
    """Different machines, in turn."""
    kinds = cycle(product(MACHINES, REGIONS))
    return [{"resource": name, "region": region} for name, region in islice(kinds, count)]


def mixed(caller: Caller) -> list[dict[str, Any]]:
    """As many machines as SKUs."""
    skus = cycle({"sku_id": sku_id, "quantity": "730"} for sku_id in sku_ids(caller))
    return [item for pair in zip(machines(ITEMS // 2), skus, strict=False) for item in pair]


def sweep(caller: Caller) -> bool:
    """Price all machines everywhere in each way to buy; returns whether none lacks a part without a word."""
    from catalog.offers.resources.series import machine_types  # noqa: PLC0415 needs no Django, but the path
    from catalog.providers.google_cloud.regions import REGIONS as ALL  # noqa: PLC0415

    started, wrong = time.perf_counter(), 0
    counts: dict[str, Counter[str]] = {usage_type: Counter() for usage_type in USAGE_TYPES}
    for usage_type in USAGE_TYPES:
        cells = list(product(machine_types(), ALL))
        for start in range(0, len(cells), BATCH):
            some = cells[start : start + BATCH]
            items = [{"resource": name, "region": region, "usage_type": usage_type} for name, region in some]
            for row in rows(caller, items):
                parts = {part["part"] for part in row["components"]}
                kind = "in part" if row["partial"] else "whole"
                counts[usage_type][kind] += 1
                is_whole = {"core", *gpu_and_disk(machine_types()[row["resource"]])} <= parts
                wrong += kind == "whole" and not is_whole
            counts[usage_type]["asked"] += len(some)
    print(f"\n{'':14}{'asked':>9}{'whole':>9}{'in part':>9}{'not sold':>10}")
    for usage_type, count in counts.items():
        refused = count["asked"] - count["whole"] - count["in part"]
        print(f"{usage_type:14}{count['asked']:9,}{count['whole']:9,}{count['in part']:9,}{refused:10,}")
    print(f"priced whole with a part missing: {wrong}; {time.perf_counter() - started:.0f} s")
    return wrong == 0


def gpu_and_disk(machine: Any) -> set[str]:
    """The parts that a machine has beside its cores and memory."""
    return ({"gpu"} if machine.gpus else set()) | ({"local SSD"} if machine.local_ssd != 0 else set())


def rows(caller: Caller, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of a call; none if nothing is priced."""
    try:
        found: list[dict[str, Any]] = caller.answer("calculate", {"items": items})["items"]
    except RuntimeError as error:
        if error.args[0].get("error", {}).get("code") not in ("no_price", "region_mismatch"):
            raise
        return []
    return found


if __name__ == "__main__":
    main()
