"""Azure's Retail Prices API, whose pages of models lead from one to the next.

Source: Microsoft Learn, "Azure Retail Prices overview".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from catalog.errors import SourceError
from catalog.providers.azure.parse import CONSUMPTION, PROVIDER_NAME, read_items
from catalog.providers.json_lists import FolderList, HttpList, JsonList
from catalog.providers.records import CURRENCY, ServiceRecord
from catalog.providers.source import Entry

URL = "https://prices.azure.com"
PATH = "/api/retail/prices"
FOLDER = "retail-prices"
VERSION = "2023-01-01-preview"
# Azure's models, under one id whatever Microsoft calls their service.
SERVICE = ServiceRecord("foundry-models", "Foundry Models", PROVIDER_NAME, "azure")
# What the service is called now, and was before; of the former, the products that are models.
NAMES = (
    "serviceName eq 'Foundry Models'",
    "serviceName eq 'Cognitive Services' and contains(productName, 'OpenAI')",
)
# A thousand items a page; all of Azure has under 1,000 pages.
MAX_PAGES = 2000


class AzureSource:
    """The models in Azure's retail prices."""

    provider = "azure"

    def __init__(self, prices: JsonList, first: Sequence[str]) -> None:
        self._prices = prices
        self._first = first

    @property
    def name(self) -> str:
        return self._prices.name

    @classmethod
    @contextmanager
    def connect(cls, url: str = URL) -> Iterator[AzureSource]:
        """The prices as the API answers them. No credentials are needed."""
        with closing(HttpList(url)) as prices:
            yield cls(prices, [_query(name) for name in NAMES])

    @classmethod
    def in_folder(cls, path: Path) -> AzureSource:
        """The prices from saved answers, in the order of their names."""
        return cls(_Pages(path), [FOLDER])

    @staticmethod
    def is_price_list(path: Path) -> bool:
        """Whether the folder has saved answers."""
        return any((path / FOLDER).glob("*.json*"))

    def services(self) -> Iterator[ServiceRecord]:
        yield SERVICE

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[Entry]]:
        return (self.skus() for _ in service_ids)

    def skus(self) -> Iterator[Entry]:
        return read_items(self._items(), SERVICE.service_id)

    def _items(self) -> Iterator[Any]:
        for address in self._first:
            yield from self._pages(address)

    def _pages(self, address: str) -> Iterator[Any]:
        seen: set[str] = set()
        while address:
            if address in seen or len(seen) == MAX_PAGES:
                raise SourceError("Azure's retail prices have no last page.")
            seen.add(address)
            page = self._prices.read(address)
            items = page.get("Items") if isinstance(page, Mapping) else None
            if not isinstance(items, list):
                raise SourceError("A page of Azure's retail prices has no Items.")
            yield from items
            address = page.get("NextPageLink") or ""


def _query(service: str) -> str:
    asked = {
        "api-version": VERSION,
        "currencyCode": f"'{CURRENCY}'",
        "$filter": f"{service} and priceType eq '{CONSUMPTION}'",
    }
    return f"{PATH}?{urlencode(asked)}"


class _Pages:
    """Saved answers, of which each but the last leads to the next."""

    name = FolderList.name

    def __init__(self, path: Path) -> None:
        self._files = FolderList(path)
        names = {file.name.removesuffix(".gz") for file in (path / FOLDER).glob("*.json*")}
        self._names = sorted(names)

    def read(self, address: str) -> Any:
        at = 0 if address == FOLDER else self._names.index(address)
        page = self._files.read(f"{FOLDER}/{self._names[at]}")
        following = self._names[at + 1 : at + 2]
        if isinstance(page, Mapping) and bool(page.get("NextPageLink")) != bool(following):
            # SKUs missing from an incomplete list must not count as withdrawn.
            what = "leads to a page that is not there" if not following else "is the last, but others follow"
            raise SourceError(f"{FOLDER}/{self._names[at]} {what}: the answers are incomplete or mixed.")
        return {**page, "NextPageLink": "".join(following)} if isinstance(page, Mapping) else page
