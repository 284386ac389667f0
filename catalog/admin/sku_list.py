"""The list of SKUs: found by the tools' own search, with the price of each, and never counted in full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.http import HttpRequest

from catalog.admin.sku_filters import ValueFilter, snapshot_of
from catalog.errors import CatalogError
from catalog.models import Sku
from catalog.pricing.freshness import offer
from catalog.pricing.list_prices import Listing, Snapshot, look_up
from catalog.search.contract import SearchRequest
from catalog.search.search import search
from catalog.search.whole import all_ids

# No list goes further: whoever looks for something narrows it.
MOST = 10_000
# SKUs whose prices are looked up together.
CHUNK = 500


class Pages(Paginator):
    """The pages of a list whose rows are found elsewhere, to a bound."""

    def __init__(self, total: int, per_page: int) -> None:
        super().__init__([], per_page)
        self.total = total

    @property
    def count(self) -> int:
        return min(self.total, MOST)


class SkuList(ChangeList):
    """Withdrawn SKUs are not in the search index: if they are wanted, the table is asked in its place."""

    hint = ""

    def get_results(self, request: HttpRequest) -> None:
        snapshot, start = snapshot_of(request), (self.page_num - 1) * self.list_per_page
        if not 0 <= start < MOST:
            raise IncorrectLookupParameters
        ids, total = self._searched(snapshot, start) if self.is_searched else self._listed(snapshot, start)
        listings = look_up(ids, snapshot)
        self.result_list = [_with_listing(listings[pk]) for pk in ids if pk in listings]
        self.paginator = Pages(total, self.list_per_page)
        self.result_count, self.full_result_count = self.paginator.count, None
        self.is_cut = total > MOST
        if self.page_num > self.paginator.num_pages:
            raise IncorrectLookupParameters
        self.multi_page = self.result_count > self.list_per_page
        self.show_full_result_count = self.can_show_all = self.show_admin_actions = False

    @property
    def is_searched(self) -> bool:
        """Whether something is asked for that the index answers."""
        return self.hides_withdrawn and bool(self.query or self.arguments)

    @property
    def hides_withdrawn(self) -> bool:
        return self.params.get("withdrawn") not in ("yes", "all")

    @property
    def arguments(self) -> dict[str, str]:
        """The filters that are set, as the search takes them."""
        found = [spec for spec in self.filter_specs if isinstance(spec, ValueFilter)]
        return {spec.argument: value for spec in found if (value := spec.value())}

    def request(self) -> SearchRequest:
        return SearchRequest(query=self.query, kind="skus", limit=self.list_per_page, **self.arguments)  # type: ignore[arg-type]

    def export(self, snapshot: Snapshot) -> Iterator[Listing]:
        """The SKUs of all pages with their prices, a chunk of them in memory at a time."""
        found = self._all_ids(snapshot)
        for start in range(0, len(found), CHUNK):
            ids = found[start : start + CHUNK]
            listings = look_up(ids, snapshot)
            yield from (listings[pk] for pk in ids if pk in listings)

    def _searched(self, snapshot: Snapshot, start: int) -> tuple[Sequence[str], int]:
        try:
            answer = search(self.request(), snapshot=snapshot, offset=start)
        except CatalogError as error:
            self.hint = f"{error.message} {error.hint}".strip()
            return [], 0
        self.hint = answer["hint"] or ""
        return [sku["sku_id"] for sku in answer["skus"]], answer["total"]

    def _listed(self, snapshot: Snapshot, start: int) -> tuple[Sequence[str], int]:
        ids = self.queryset.values_list("pk", flat=True)
        total = offer(snapshot.latest).skus if self.hides_withdrawn and snapshot.latest else None
        if total is None:
            total = self.queryset.order_by()[: MOST + 1].count()
        return list(ids[start : start + self.list_per_page]), total

    def _all_ids(self, snapshot: Snapshot) -> Sequence[str]:
        if not self.is_searched:
            return list(self.queryset.values_list("pk", flat=True)[:MOST])
        try:
            return all_ids(self.request(), snapshot, MOST)
        except CatalogError:
            return []


def _with_listing(listing: Listing) -> Sku:
    listing.sku.__dict__["listing"] = listing
    return listing.sku
