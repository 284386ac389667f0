"""Prices, their tiers, and what SKUs are, in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.admin.read_only import ReadOnly, pretty
from catalog.models import PricingInfo, PricingTier, SkuAttributes
from catalog.pricing.decimals import plain


class PriceColumns(BaseModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[PricingInfo]:
        return super().get_queryset(request).prefetch_related("tiers")

    @admin.display
    def tiers(self, price: PricingInfo) -> SafeString:
        """One line per tier; a single tier, the usual case, without its start at 0."""
        rows = list(price.tiers.all())
        if len(rows) == 1:
            return format_html("{} {}", plain(rows[0].unit_price), price.currency_code)
        lines = ((plain(tier.start), plain(tier.unit_price), price.currency_code) for tier in rows)
        return format_html_join(SafeString("<br>"), "from {}: {} {}", lines)


@admin.register(SkuAttributes)
class SkuAttributesAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["sku", "facts", "unread", "cost"]
    list_filter = ["has_place", "is_list_price"]
    list_select_related = ["sku"]
    list_per_page = 50
    ordering = ["sku_id"]
    search_fields = ["sku__sku_id", "sku__display_name", "facts", "unread"]


@admin.register(PricingInfo)
class PricingInfoAdmin(ReadOnly, PriceColumns, admin.ModelAdmin):
    list_display = ["id", "sku", "effective_time", "usage_unit", "tiers", "created_at"]
    list_display_links = ["id", "sku"]
    list_select_related = ["sku"]
    list_per_page = 50
    ordering = ["-id"]
    search_fields = ["sku__sku_id", "sku__display_name"]
    fieldsets = [
        (None, {"fields": ["sku", "effective_time", "usage_unit", "tiers", "summary", "created_at"]}),
        ("As the provider sent it", {"classes": ["collapse"], "fields": ["expression", "aggregation"]}),
    ]

    @admin.display
    def expression(self, price: PricingInfo) -> SafeString:
        return pretty(price.pricing_expression_json)

    @admin.display
    def aggregation(self, price: PricingInfo) -> SafeString:
        return pretty(price.aggregation_json)


@admin.register(PricingTier)
class PricingTierAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "pricing_info", "start", "unit_price"]
    list_select_related = ["pricing_info"]
    list_per_page = 50
    ordering = ["-id"]
    search_fields = ["pricing_info__sku_id__exact"]
    fields = ["pricing_info", "start", "unit_price", "created_at"]
