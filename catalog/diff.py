"""What a service's list changes in the tables, found without touching them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.content_hash import sku_hash
from catalog.records import SkuRecord

CURRENCY = "USD"


@dataclass(slots=True)
class ServiceChange:
    """One service's list against the tables, by SKU id.

    `changed` holds the new record and its hash, `prices` how many prices each SKU lists, `skipped` the
    SKUs priced in another currency.
    """

    service_id: str
    listed: set[str] = field(default_factory=set)
    changed: dict[str, tuple[SkuRecord, str]] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    prices: dict[str, int] = field(default_factory=dict)


class OfferedSkus:
    """The SKUs that the tables hold as offered, as far as a diff needs them.

    Args:
        rows: (sku_id, service_id, content_hash) of each.
    """

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        self._skus: dict[str, tuple[str, str]] = {}
        self._by_service: defaultdict[str, set[str]] = defaultdict(set)
        for sku_id, service_id, content_hash in rows:
            self._put(sku_id, service_id, content_hash)

    def compare(self, service_id: str, skus: Iterable[SkuRecord]) -> ServiceChange:
        """What `skus`, the whole list of a service, changes. Of a SKU listed twice the last entry counts."""
        change = ServiceChange(service_id)
        for sku in skus:
            change.listed.add(sku.sku_id)
            if any(price.currency_code != CURRENCY for price in sku.pricing):
                change.skipped.add(sku.sku_id)
            else:
                self._compare_sku(sku, change)
        # An empty list is no proof that all was withdrawn.
        if change.listed:
            change.retired = self._by_service[service_id] - change.listed
        return change

    def apply(self, change: ServiceChange) -> None:
        """Remember what has been written."""
        for sku_id in change.retired:
            self._drop(sku_id)
        for sku_id, (_, content_hash) in change.changed.items():
            self._drop(sku_id)
            self._put(sku_id, change.service_id, content_hash)

    def _compare_sku(self, sku: SkuRecord, change: ServiceChange) -> None:
        change.prices[sku.sku_id] = len(sku.pricing)
        content_hash = sku_hash(sku)
        if self._skus.get(sku.sku_id) == (sku.service_id, content_hash):
            change.changed.pop(sku.sku_id, None)
        else:
            change.changed[sku.sku_id] = (sku, content_hash)

    def _put(self, sku_id: str, service_id: str, content_hash: str) -> None:
        self._skus[sku_id] = (service_id, content_hash)
        self._by_service[service_id].add(sku_id)

    def _drop(self, sku_id: str) -> None:
        service_id, _ = self._skus.pop(sku_id, ("", ""))
        self._by_service[service_id].discard(sku_id)
