"""Compares a service's list with the stored SKUs, one SKU at a time and without a query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalog.providers.records import CURRENCY, SkuRecord
from catalog.sync.content_hash import sku_hash


@dataclass(slots=True)
class ServiceChange:
    """The changes in one service's list.

    `listed` counts its SKUs in our currency, `prices` their prices, and `skipped` its other SKUs.
    """

    service_id: str
    listed: int = 0
    prices: int = 0
    skipped: int = 0
    changed: list[str] = field(default_factory=list)
    retired: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether the service lists no SKU at all."""
        return not self.listed + self.skipped


class StoredSkus:
    """The SKUs in the tables, reduced to what a diff needs.

    Args:
        rows: (sku_id, service_id, content_hash, is_retired) of each SKU.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str, bool]]) -> None:
        self._hashes: dict[str, str] = {}
        self._offered: defaultdict[str, set[str]] = defaultdict(set)
        self._seen: set[str] = set()
        for sku_id, service_id, content_hash, is_retired in rows:
            self._hashes[sku_id] = "" if is_retired else content_hash
            if not is_retired:
                self._offered[service_id].add(sku_id)

    def __contains__(self, sku_id: str) -> bool:
        return sku_id in self._hashes

    def compare(self, skus: Iterable[SkuRecord], change: ServiceChange) -> Iterator[tuple[SkuRecord, str]]:
        """Count a service's whole list into `change`, and yield each new or changed SKU with its hash.

        If the price list repeats a SKU, in this service or in another, the first entry counts.
        """
        for sku in skus:
            if sku.sku_id in self._seen:
                continue
            self._seen.add(sku.sku_id)
            if any(price.currency_code != CURRENCY for price in sku.pricing):
                change.skipped += 1
                continue
            change.listed += 1
            change.prices += len(sku.pricing)
            content_hash = sku_hash(sku)
            if self._hashes.get(sku.sku_id) != content_hash:
                change.changed.append(sku.sku_id)
                yield sku, content_hash
        # An empty list does not prove that every SKU was withdrawn.
        if not change.is_empty:
            change.retired = self._offered[change.service_id] - self._seen
