"""What the sync needs of a provider's price list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from catalog.providers.records import ServiceRecord, SkuRecord


class Source(Protocol):
    """Where a price list comes from. `name` is recorded with the run: api, folder or sample."""

    @property
    def name(self) -> str: ...

    def services(self) -> Iterable[ServiceRecord]: ...

    def sku_lists(self, service_ids: Sequence[str]) -> Iterable[Iterable[SkuRecord]]:
        """The SKUs of each service, in the order given; one that cannot be read raises when iterated.

        Raises:
            SourceError: while a list is iterated, and it cannot be read.
        """
        ...


@runtime_checkable
class HistorySource(Source, Protocol):
    """A price list that knows its past."""

    def past_sku_lists(
        self, service_ids: Sequence[str], since: datetime, until: datetime
    ) -> Iterable[Iterable[SkuRecord]]:
        """As sku_lists, with the prices of a time past; a SKU may come several times, oldest prices first."""
        ...
