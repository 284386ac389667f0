"""SKUs that resources beside machines are billed as, with the prices of Google's public list."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

from catalog.models import Service
from catalog.offers.store import mark_list_prices
from tests.catalog.factories import make_service, make_update
from tests.catalog.pricing.known_skus import ACCOUNT_MONTHLY, add_sku

FILE = Path(__file__).with_suffix(".csv")
NANOS = Decimal(10**9)


def add_kind_skus() -> None:
    """Add all of them, as of a completed sync."""
    make_update()
    services: dict[str, Service] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            name = row["service"]
            service = services.setdefault(name, services.get(name) or make_service(display_name=name))
            tiers = [_tier(text) for text in row["tiers"].split()]
            add_sku(
                row["sku_id"],
                row["name"],
                row["unit"],
                tiers,
                regions=row["regions"].split(),
                service=service,
                resource_family=row["resource_family"],
                resource_group=row["resource_group"],
                usage_type=row["usage_type"],
                price=ACCOUNT_MONTHLY if len(tiers) > 1 else {},
            )
    mark_list_prices([service.pk for service in services.values()])


def _tier(text: str) -> tuple[float, str, int]:
    start, _, price = text.partition(":")
    units, nanos = divmod(int(Decimal(price) * NANOS), 10**9)
    return float(start), str(units), nanos
