"""Services in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.db.models import Case, Exists, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin.read_only import ReadOnly
from catalog.models import PricingUpdate, Service, Sku


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
    list_display = [
        "display_name",
        "provider",
        "service_id",
        "business_entity_name",
        "last_read",
        "sync_error",
    ]
    list_filter = [HasSkusFilter, "provider"]
    search_fields = ["display_name", "service_id"]
    show_facets = admin.ShowFacets.NEVER
    empty_note = "There are no services yet. The first sync writes them."
    fields = [
        "service_id",
        "display_name",
        "skus",
        "business_entity_name",
        "provider",
        "last_read",
        "sync_error",
        "created_at",
        "updated_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Service]:
        """With the time of its provider's last full run (catalog/sync/service_states.py)."""
        last_full_run = Subquery(PricingUpdate.objects.full_run_times(OuterRef("provider"))[:1])
        last_read = Coalesce("synced_at", Case(When(sync_error=None, then=last_full_run)))
        services: QuerySet[Service] = super().get_queryset(request).annotate(last_read=last_read)
        return services

    @admin.display(ordering="last_read")
    def last_read(self, service: Service) -> str:
        # Django formats a time in a list, but not on the page of a row.
        return display_for_value(getattr(service, "last_read"), "-")  # noqa: B009  # unknown to mypy

    @admin.display(description="SKUs")
    def skus(self, service: Service) -> SafeString:
        address = reverse("admin:catalog_sku_changelist", query={"service": service.pk})
        return format_html('<a href="{}">List its SKUs</a>', address)
