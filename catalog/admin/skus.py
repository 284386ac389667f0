"""SKUs in the admin."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.db.models import BooleanField, ExpressionWrapper, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin.prices import PriceColumns
from catalog.admin.read_only import ReadOnly, pretty
from catalog.admin.sku_csv import csv_rows
from catalog.admin.sku_filters import (
    RegionFilter,
    ResourceGroupFilter,
    ServiceFilter,
    UsageTypeFilter,
    WithdrawnFilter,
    snapshot_of,
)
from catalog.admin.sku_list import SkuList
from catalog.models import PricingInfo, Sku
from catalog.pricing.decimals import plain
from catalog.pricing.list_prices import Listing, ListPrice, look_up

# A SKU may be sold in dozens of regions.
SHORT_REGIONS = 2


class PricingInfoInline(ReadOnly, PriceColumns, admin.TabularInline):
    model = PricingInfo
    verbose_name_plural = "All prices, the latest first"
    fields = readonly_fields = ("effective_time", "holds", "usage_unit", "tiers", "summary", "created_at")
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[PricingInfo]:
        is_list_price = Q(pk=vars(request).get("list_price", 0))
        marked = ExpressionWrapper(is_list_price, BooleanField())
        prices: QuerySet[PricingInfo] = super().get_queryset(request).annotate(is_list_price=marked)
        return prices

    @admin.display(description="in effect", boolean=True)
    def holds(self, price: PricingInfo) -> bool:
        return bool(getattr(price, "is_list_price"))  # noqa: B009  # unknown to mypy


@admin.register(Sku)
class SkuAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", "price", "usage_type", "regions_in_short", "service"]
    list_display_links = ["name"]
    list_filter = [ServiceFilter, RegionFilter, ResourceGroupFilter, UsageTypeFilter, WithdrawnFilter]
    list_per_page = 50
    # Search puts the best first, and other orders would need all rows.
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    # Of withdrawn SKUs; the others are found by search (catalog/admin/sku_list.py).
    search_fields = ["display_name", "sku_id"]
    empty_note = "There are no SKUs yet. The first sync writes them."
    inlines = [PricingInfoInline]
    fieldsets = [
        (None, {"fields": ["list_price", "tiers", "display_name", "sku", "service", "withdrawn"]}),
        ("What it is", {"fields": ["resource_family", "resource_group", "usage_type", "description"]}),
        ("Where it is sold", {"fields": ["regions", "geo_taxonomy_type"]}),
        ("Record", {"fields": ["service_provider_name", "last_seen_update", "created_at", "updated_at"]}),
        (
            "As the provider sent it",
            {"classes": ["collapse"], "fields": ["category", "taxonomy_regions"]},
        ),
    ]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SkuList]:  # noqa: ARG002
        return SkuList

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.csv_view)
        return [path("skus.csv", view, name="catalog_sku_csv"), *super().get_urls()]

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        """The SKUs that the filters match, as CSV; the list itself refuses a filter that there is not."""
        try:
            found = cast("SkuList", self.get_changelist_instance(request))
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:catalog_sku_changelist", query={ERROR_FLAG: "1"}))
        rows = csv_rows(found.export(snapshot_of(request)))
        headers = {"Content-Disposition": 'attachment; filename="skus.csv"'}
        return StreamingHttpResponse(_streamed(rows), content_type="text/csv; charset=utf-8", headers=headers)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Sku | None:
        sku: Sku | None = super().get_object(request, object_id, from_field)
        if sku is None:
            return None
        listing = look_up([sku.pk], snapshot_of(request))[sku.pk]
        if listing.list_price:
            vars(request)["list_price"] = listing.list_price.info.pk
        vars(sku)["listing"] = listing
        return sku

    def view_on_site(self, sku: Model) -> str:
        return reverse("sku", args=[sku.pk])

    @admin.display(description="name")
    def name(self, sku: Sku) -> SafeString | str:
        if sku.retired_at is None:
            return sku.display_name
        return format_html("<s>{}</s> (withdrawn {})", sku.display_name, f"{sku.retired_at:%Y-%m-%d}")

    @admin.display(description="SKU id")
    def sku(self, sku: Sku) -> str:
        return sku.pk

    @admin.display(description="withdrawn", empty_value="no")
    def withdrawn(self, sku: Sku) -> datetime | None:
        return sku.retired_at

    @admin.display
    def price(self, sku: Sku) -> SafeString | str:
        found = _listing(sku).list_price
        if found is None:
            return "no price"
        several = " (tiers)" if len(found.tiers) > 1 else ""
        unit = found.info.usage_unit_description or found.info.usage_unit
        amount = _money(found, plain(found.first_paid))
        return format_html('{} <span class="quiet">per {}{}</span>', amount, unit, several)

    @admin.display
    def list_price(self, sku: Sku) -> SafeString | str:
        return format_html('<strong class="list-price">{}</strong>', self.price(sku))

    @admin.display
    def tiers(self, sku: Sku) -> SafeString | str:
        found = _listing(sku).list_price
        if found is None or len(found.tiers) == 1:
            return "one price for any quantity" if found else "-"
        unit = found.info.usage_unit
        lines = ((plain(tier.start), unit, _money(found, plain(tier.unit_price))) for tier in found.tiers)
        return format_html_join(SafeString("<br>"), "from {} {}: {}", lines)

    @admin.display(description="regions")
    def regions_in_short(self, sku: Sku) -> str:
        more = len(sku.service_regions) - SHORT_REGIONS
        shown = ", ".join(sku.service_regions[:SHORT_REGIONS])
        return f"{shown} and {more} more" if more > 0 else shown

    @admin.display
    def regions(self, sku: Sku) -> str:
        return ", ".join(sku.service_regions)

    @admin.display
    def category(self, sku: Sku) -> SafeString:
        return pretty(sku.category_json)

    @admin.display
    def taxonomy_regions(self, sku: Sku) -> SafeString:
        return pretty(sku.geo_taxonomy_regions)


def _listing(sku: Sku) -> Listing:
    found: Listing = vars(sku)["listing"]
    return found


def _money(price: ListPrice, amount: str) -> str:
    """Google's list prices are in USD; a row in another currency would say so."""
    if price.info.currency_code != "USD":
        return f"{amount} {price.info.currency_code}"
    return f"-${amount[1:]}" if amount.startswith("-") else f"${amount}"


async def _streamed(rows: Iterator[str]) -> AsyncIterator[str]:
    """The rows, read by the thread that may use the database."""
    following = sync_to_async(lambda: next(rows, None))
    while (row := await following()) is not None:
        yield row
