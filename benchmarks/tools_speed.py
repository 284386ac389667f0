"""Measures details and calculate over HTTP against a no-op tool on the same server.

    .venv/bin/python -m benchmarks.tools_speed FOLDER [--calls N]

FOLDER is a catalog folder (services.json.gz and skus/). The goal is at most twice the CPU of the no-op tool.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.calls import Caller, Cost, calling
from tests.harness.product import install

PAGE = 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="a catalog folder")
    parser.add_argument("--calls", type=int, default=500, help="calls per kind (default: %(default)s)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        product = install(Path(name), str(options.folder))
        with calling(product, Path(name)) as caller:
            report({label: caller.measure(*call, options.calls) for label, call in calls(caller).items()})


def calls(caller: Caller) -> dict[str, tuple[str, dict[str, Any]]]:
    """The calls to measure, by label; the no-op comes first."""
    ids = sku_ids(caller)
    items = [{"sku_id": sku_id, "quantity": "730"} for sku_id in ids]
    return {
        "no-op": ("noop", {}),
        "details, 1 SKU": ("details", {"sku_ids": ids[:1]}),
        "details, 20 SKUs": ("details", {"sku_ids": ids[:20]}),
        "calculate, 1 item": ("calculate", {"items": items[:1]}),
        "calculate, 10 items": ("calculate", {"items": items[:10]}),
        "calculate, 100 items": ("calculate", {"items": items[:100]}),
    }


def sku_ids(caller: Caller) -> list[str]:
    """A hundred SKUs of instance cores that have a price."""
    found: list[str] = []
    cursor = None
    while len(found) < 2 * PAGE:
        page = caller.answer("search", {"query": "instance core", "limit": PAGE, "cursor": cursor})
        found += [sku["sku_id"] for sku in page["skus"] if sku["price"]]
        cursor = page["next_cursor"]
    return found


def report(costs: dict[str, Cost]) -> None:
    baseline = costs["no-op"]
    print(f"{'':22}{'CPU':>10}{'':>8}{'p50':>10}{'p99':>10}")
    for label, cost in costs.items():
        print(
            f"{label:22}{cost.cpu * 1e6:7.0f} µs{cost.cpu / baseline.cpu:6.1f}x"
            f"{cost.p50 * 1e3:8.2f} ms{cost.p99 * 1e3:8.2f} ms"
        )


if __name__ == "__main__":
    main()
