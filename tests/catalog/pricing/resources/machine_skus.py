"""The SKUs that machines are billed as in a few regions, with the prices of Google's public list."""

from __future__ import annotations

import csv
from pathlib import Path

from catalog.offers.store import mark_list_prices
from tests.catalog.factories import make_service, make_update
from tests.catalog.pricing.known_skus import add_sku

FILE = Path(__file__).with_suffix(".csv")


def add_machine_skus(*, without: str = "") -> None:
    """Add all of them in Compute Engine, but those with `without` in their names, as of a completed sync."""
    make_update()
    service = make_service(display_name="Compute Engine")
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            if without and without in row["name"]:
                continue
            units, _, nanos = row["price"].partition(".")
            add_sku(
                row["sku_id"],
                row["name"],
                row["unit"],
                [(0, units, int(nanos.ljust(9, "0") or 0))],
                regions=row["regions"].split(),
                service=service,
                resource_family=row["resource_family"],
                resource_group=row["resource_group"],
                usage_type=row["usage_type"],
            )
    mark_list_prices([service.pk])
