"""Compares a service's list with the stored SKUs, one SKU at a time and without a query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from catalog.errors import ParseError
from catalog.providers.records import CURRENCY, MalformedSku, SkuRecord
from catalog.providers.source import Entry
from catalog.sync.content_hash import sku_hash

# A few malformed SKUs are skipped. More of them mean that the form of the list has changed or that the parser
# is wrong. Then the other SKUs may be misread too, so the whole service keeps its prices.
MAX_MALFORMED = 10
MAX_MALFORMED_SHARE = 0.01


@dataclass(slots=True)
class ServiceChange:
    """The changes in one service's list.

    `listed` counts its SKUs in our currency, `prices` their prices, and `skipped` its other SKUs.
    `lost_all` means that the list is empty although the tables have SKUs of the service.
    """

    service_id: str
    listed: int = 0
    prices: int = 0
    skipped: int = 0
    malformed: list[MalformedSku] = field(default_factory=list)
    lost_all: bool = False
    changed: list[str] = field(default_factory=list)
    retired: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether the service lists no SKU at all."""
        return not self.listed + self.skipped

    def check_malformed(self) -> None:
        """Check that the list has only a few malformed SKUs.

        Raises:
            ParseError: it has too many, or no others.
        """
        read, malformed = self.listed + self.skipped, len(self.malformed)
        is_too_many = malformed > max(MAX_MALFORMED, MAX_MALFORMED_SHARE * (read + malformed))
        if malformed and (is_too_many or not read):
            count = f" ({malformed} of {read + malformed} SKUs are malformed)" if malformed > 1 else ""
            raise ParseError(f"{self.malformed[0].reason.rstrip('.')}{count}.")


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

    def compare(self, skus: Iterable[Entry], change: ServiceChange) -> Iterator[tuple[SkuRecord, str]]:
        """Count a service's whole list into `change`, and yield each new or changed SKU with its hash.

        If the price list repeats a SKU, in this service or in another, the first entry counts. A malformed
        SKU is neither changed nor retired.

        Raises:
            ParseError: too many SKUs are malformed.
        """
        for sku in skus:
            if isinstance(sku, MalformedSku):
                change.malformed.append(sku)
                self._seen.add(sku.sku_id)
                continue
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
        change.check_malformed()
        offered = self._offered.get(change.service_id, set())
        if change.is_empty:
            # An empty list does not prove that every SKU was withdrawn.
            change.lost_all = bool(offered)
        elif all(sku.sku_id for sku in change.malformed):
            # An entry without an id may be any of the SKUs that seem to be missing.
            change.retired = offered - self._seen
