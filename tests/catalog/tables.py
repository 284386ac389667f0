"""The rows that a sync writes, and the tables after it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import PricingTier, PricingUpdate
from catalog.providers.source import Source
from catalog.sync.run import sync
from tests.catalog.wire import Wire, wire_price, wire_rate, wire_sku

# The writes of a sync that finds nothing changed: its own row, to start, to check its lease and to end.
UNCHANGED = {"pricing_updates": 3}


def written_tables(source: Source) -> Counter[str]:
    """Sync, and count the writes by table."""
    with CaptureQueriesContext(connection) as queries:
        sync(source)
    statements = [query["sql"].split() for query in queries.captured_queries]
    return Counter(
        next(word for word in words[1:] if word not in {"INTO", "FROM"}).strip('"')
        for words in statements
        if words[0] in {"INSERT", "UPDATE", "DELETE"}
    )


def nanos_of(sku_id: str) -> list[int]:
    """The nanos of each price row's first tier, in the order of writing."""
    rows = PricingTier.objects.filter(pricing_info__sku_id=sku_id).order_by("pricing_info_id")
    return list(rows.values_list("price_nanos", flat=True))


def priced(nanos: int, sku_id: str = "A", **fields: Any) -> Wire:
    return wire_sku(sku_id, wire_price(wire_rate(nanos=nanos)), **fields)


def last_update() -> PricingUpdate:
    return PricingUpdate.objects.get(pk=PricingUpdate.objects.order_by("-pk").values("pk")[:1])
