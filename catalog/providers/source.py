"""The interface of a provider's price list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from catalog.providers.records import MalformedSku, ServiceRecord, SkuRecord

Entry = SkuRecord | MalformedSku


class Source(Protocol):
    """A price list to read. `name` is recorded with the run: api, folder or sample.

    `provider` is the cloud whose list it is, one of PROVIDERS, or EVERY_PROVIDER.
    """

    @property
    def name(self) -> str: ...

    @property
    def provider(self) -> str: ...

    def services(self) -> Iterable[ServiceRecord]: ...

    def sku_lists(self, service_ids: Sequence[str]) -> Iterable[Iterable[Entry]]:
        """The SKUs of each service, in the given order; malformed ones with what is wrong with them.

        Raises:
            SourceError: while a list is iterated, if it cannot be read.
        """
        ...


@runtime_checkable
class HistorySource(Source, Protocol):
    """A price list with price history."""

    def past_sku_lists(
        self, service_ids: Sequence[str], since: datetime, until: datetime
    ) -> Iterable[Iterable[Entry]]:
        """As sku_lists, with prices of a past period; a SKU may come several times, oldest prices first."""
        ...
