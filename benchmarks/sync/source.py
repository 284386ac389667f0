"""The catalog folder multiplied on the fly: each copy has its own SKU ids and regions."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from catalog.providers.google_cloud.folder import FolderSource
from catalog.providers.google_cloud.parse import parse_sku
from catalog.providers.records import ServiceRecord, SkuRecord

# One in this many SKUs gets a new price if the list is to be changed.
ONE_IN = 100


class MultipliedSource:
    """`copies` times the price list in `folder`; `is_changed` raises the price of every hundredth SKU.

    Each copy of the folder is read as a page, as Google's API sends its list in pages.
    """

    name = "folder"
    provider = "gcp"

    def __init__(self, folder: Path, copies: int, *, is_changed: bool) -> None:
        self._folder = folder
        self._copies = copies
        self._is_changed = is_changed

    def services(self) -> Iterator[ServiceRecord]:
        return FolderSource(self._folder).services()

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[SkuRecord]]:
        return map(self._skus, service_ids)

    def _skus(self, service_id: str) -> Iterator[SkuRecord]:
        path = self._folder / "skus" / f"{service_id}.json.gz"
        if not path.exists():
            return
        for copy in range(self._copies):
            skus = json.loads(gzip.decompress(path.read_bytes()))["skus"]
            for number, wire in enumerate(skus):
                _rename(wire, copy)
                if self._is_changed and number % ONE_IN == 0:
                    _raise_price(wire)
                yield parse_sku(wire, service_id)


def _rename(wire: dict[str, Any], copy: int) -> None:
    wire["skuId"] = f"{wire['skuId']}-{copy:02X}"
    wire["serviceRegions"] = [f"{region}{copy or ''}" for region in wire["serviceRegions"]]


def _raise_price(wire: dict[str, Any]) -> None:
    for price in wire["pricingInfo"]:
        for rate in price["pricingExpression"]["tieredRates"]:
            nanos = rate["unitPrice"]["nanos"]
            rate["unitPrice"]["nanos"] = nanos + 1 if nanos >= 0 else nanos - 1
