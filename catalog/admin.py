"""The catalog in the admin: read-only, because the sync owns every row."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.utils import display_for_value
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import PricingInfo, PricingTier, PricingUpdate, Service, Sku, SkuAttributes


class ReadOnly:
    """Disallows every edit: a sync would neither see nor keep it."""

    # One COUNT per page rather than two: the tables are large.
    show_full_result_count = False

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False


class HasSkusFilter(admin.SimpleListFilter):
    """Filters out services without SKUs, which are most of Google's."""

    title = "SKUs"
    parameter_name = "skus"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("some", "Some"), ("none", "None")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Service]) -> QuerySet[Service]:
        if not self.value():
            return queryset
        has_skus = Exists(Sku.objects.filter(service=OuterRef("pk")))
        return queryset.filter(has_skus if self.value() == "some" else ~has_skus)


@admin.register(Service)
class ServiceAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["display_name", "service_id", "business_entity_name", "last_read", "sync_error"]
    list_filter = [HasSkusFilter]
    search_fields = ["display_name", "service_id"]
    fields = [
        "service_id",
        "display_name",
        "business_entity_name",
        "provider",
        "last_read",
        "sync_error",
        "created_at",
        "updated_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """With the time of the last full run for services that it read (catalog/sync/service_states.py)."""
        last_full_run = Subquery(PricingUpdate.objects.full_run_times()[:1])
        last_read = Coalesce("synced_at", Case(When(sync_error=None, then=last_full_run)))
        services: QuerySet[Service] = super().get_queryset(request).annotate(last_read=last_read)
        return services

    @admin.display(ordering="last_read")
    def last_read(self, service: Service) -> str:
        # Django formats a time in a list, but not on the page of a row.
        return display_for_value(getattr(service, "last_read"), "-")  # noqa: B009  # unknown to mypy


class ServiceFilter(admin.SimpleListFilter):
    """Offers only services with SKUs; the full list has thousands."""

    title = "service"
    parameter_name = "service"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        with_skus = Service.objects.filter(Exists(Sku.objects.filter(service=OuterRef("pk"))))
        return list(with_skus.values_list("pk", "display_name"))

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Sku]) -> QuerySet[Sku]:
        return queryset.filter(service=self.value()) if self.value() else queryset


class WithdrawnFilter(admin.SimpleListFilter):
    title = "listing"
    parameter_name = "withdrawn"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Offered"), ("yes", "Withdrawn")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Sku]) -> QuerySet[Sku]:
        return queryset.filter(retired_at__isnull=self.value() == "no") if self.value() else queryset


class PriceColumns(BaseModelAdmin):
    def get_queryset(self, request: HttpRequest) -> QuerySet[PricingInfo]:
        return super().get_queryset(request).prefetch_related("tiers")

    @admin.display
    def tiers(self, price: PricingInfo) -> SafeString:
        """One line per tier; a single tier, the usual case, without its start at 0."""
        rows = list(price.tiers.all())
        if len(rows) == 1:
            return format_html("{} {}", _plain(rows[0].unit_price), price.currency_code)
        lines = ((_plain(tier.start), _plain(tier.unit_price), price.currency_code) for tier in rows)
        return format_html_join(SafeString("<br>"), "from {}: {} {}", lines)


class PricingInfoInline(ReadOnly, PriceColumns, admin.TabularInline):
    model = PricingInfo
    fields = readonly_fields = ("effective_time", "usage_unit", "tiers", "summary", "created_at")
    show_change_link = True


@admin.register(Sku)
class SkuAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "display_name",
        "sku_id",
        "service",
        "resource_group",
        "usage_type",
        "regions",
    ]
    list_filter = [
        ServiceFilter,
        ("resource_family", admin.AllValuesFieldListFilter),
        ("usage_type", admin.AllValuesFieldListFilter),
        WithdrawnFilter,
    ]
    list_select_related = ["service"]
    list_per_page = 50
    search_fields = ["display_name", "sku_id"]
    inlines = [PricingInfoInline]
    fieldsets = [
        (None, {"fields": ["display_name", "sku_id", "service", "description"]}),
        (
            "Category",
            {"fields": ["resource_family", "resource_group", "usage_type", "service_provider_name"]},
        ),
        ("Regions", {"fields": ["regions", "geo_taxonomy_type", "geo_taxonomy_regions"]}),
        ("Record", {"fields": ["last_seen_update", "retired_at", "created_at", "updated_at"]}),
    ]

    @admin.display
    def regions(self, sku: Sku) -> str:
        return ", ".join(sku.service_regions)


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
        return _pretty(price.pricing_expression_json)

    @admin.display
    def aggregation(self, price: PricingInfo) -> SafeString:
        return _pretty(price.aggregation_json)


@admin.register(PricingTier)
class PricingTierAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["id", "pricing_info", "start", "unit_price"]
    list_select_related = ["pricing_info"]
    list_per_page = 50
    ordering = ["-id"]
    search_fields = ["pricing_info__sku_id__exact"]
    fields = ["pricing_info", "start", "unit_price", "created_at"]


@admin.register(PricingUpdate)
class PricingUpdateAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "id",
        "status",
        "source",
        "started_at",
        "duration",
        "skus_synced",
        "skus_changed",
        "skus_retired",
        "services_failed",
    ]
    list_filter = ["status", ("source", admin.AllValuesFieldListFilter)]
    fieldsets = [
        (None, {"fields": ["status", "source", "started_at", "completed_at", "duration", "heartbeat_at"]}),
        ("Read", {"fields": ["services_synced", "services_failed", "skus_synced"]}),
        ("Written", {"fields": ["skus_changed", "skus_retired", "pricing_records_synced"]}),
        ("Errors", {"fields": ["error_message"]}),
    ]

    @admin.display(empty_value="-")
    def duration(self, update: PricingUpdate) -> str | None:
        if update.completed_at is None:
            return None
        return f"{(update.completed_at - update.started_at).total_seconds():,.1f} s"


def _plain(number: Decimal) -> str:
    """The significant digits without an exponent: 10000 and 0.11, not 1E+4 and 0.110000000."""
    return f"{number.normalize():f}"


def _pretty(value: Any) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False))
