"""AWS's public price list of models: an index, one of regions for each service, a file for each region.

Source: AWS Billing user guide, "Getting price list files manually" and "Reading the price list files".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from catalog.errors import SourceError
from catalog.providers.aws.parse import PROVIDER_NAME, read_offer
from catalog.providers.json_lists import FolderList, HttpList, JsonList
from catalog.providers.records import ServiceRecord
from catalog.providers.source import Entry

URL = "https://pricing.us-east-1.amazonaws.com"
INDEX = "/offers/v1.0/aws/index.json"
# The services that sell models, by their codes. Claude stands in the last: the marketplace sells it.
SERVICES = {
    "AmazonBedrock": "Amazon Bedrock",
    "AmazonBedrockService": "Amazon Bedrock Service",
    "AmazonBedrockFoundationModels": "Amazon Bedrock Foundation Models",
}


class AwsSource:
    """The services of models in a price list of AWS."""

    provider = "aws"

    def __init__(self, prices: JsonList) -> None:
        self._prices = prices
        self._offers: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        return self._prices.name

    @classmethod
    @contextmanager
    def connect(cls, url: str = URL) -> Iterator[AwsSource]:
        """The list as AWS serves it. No credentials are needed."""
        with closing(HttpList(url)) as prices:
            yield cls(prices)

    @classmethod
    def in_folder(cls, path: Path) -> AwsSource:
        """The list from saved copies, each at the path of its address."""
        return cls(FolderList(path))

    @staticmethod
    def is_price_list(path: Path) -> bool:
        """Whether the folder has the index of a price list."""
        index = path / INDEX.lstrip("/")
        return index.exists() or index.with_name(f"{index.name}.gz").exists()

    def services(self) -> Iterator[ServiceRecord]:
        offers = self._read(INDEX, "offers")
        self._offers = offers
        for code, name in SERVICES.items():
            if code in offers:
                yield ServiceRecord(code, name, PROVIDER_NAME, self.provider)

    def sku_lists(self, service_ids: Sequence[str]) -> Iterator[Iterator[Entry]]:
        return map(self.skus, service_ids)

    def skus(self, service_id: str) -> Iterator[Entry]:
        offers = self._offers or self._read(INDEX, "offers")
        regions = self._read(_address(offers, service_id, "currentRegionIndexUrl"), "regions")
        for code in sorted(regions):
            yield from read_offer(self._prices.read(_address(regions, code, "currentVersionUrl")), service_id)

    def _read(self, address: str, key: str) -> Mapping[str, Any]:
        found = self._prices.read(address)
        entries = found.get(key) if isinstance(found, Mapping) else None
        if not isinstance(entries, Mapping) or not entries:
            raise SourceError(f"{address} of AWS's price list has no {key}.")
        return entries


def _address(entries: Mapping[str, Any], code: str, key: str) -> str:
    entry = entries.get(code)
    address = entry.get(key) if isinstance(entry, Mapping) else None
    if not isinstance(address, str):
        raise SourceError(f"AWS's price list has no {key} of {code}.")
    return address
