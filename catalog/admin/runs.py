"""Runs of the sync in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog.admin import sync_now
from catalog.admin.read_only import ReadOnly
from catalog.models import PricingUpdate
from catalog.sync.progress import duration_of, services_of, state_name


@admin.register(PricingUpdate)
class PricingUpdateAdmin(ReadOnly, admin.ModelAdmin):
    list_display = [
        "started_at",
        "state",
        "duration",
        "services",
        "services_failed",
        "skus_changed",
        "withdrawn",
        "changes_page",
        "source",
        "provider",
    ]
    list_filter = [
        "status",
        ("source", admin.AllValuesFieldListFilter),
        ("provider", admin.AllValuesFieldListFilter),
    ]
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    change_list_template = "admin/catalog/runs.html"
    empty_note = "No sync has run yet. Start one here with “Sync now”, or run sync_catalog."
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "state",
                    "source",
                    "provider",
                    "started_at",
                    "completed_at",
                    "duration",
                    "heartbeat_at",
                ]
            },
        ),
        ("Read", {"fields": ["services", "services_failed", "skus_synced"]}),
        ("Written", {"fields": ["skus_changed", "withdrawn", "pricing_records_synced", "changes_page"]}),
        ("Errors", {"fields": ["error_message"]}),
    ]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("sync/", self.admin_site.admin_view(sync_now.confirm), name="sync_now"),
            path("sync/progress/", self.admin_site.admin_view(sync_now.progress), name="sync_progress"),
        ]
        return [*own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_sync = {"may_sync": sync_now.is_allowed(request)}
        return super().changelist_view(request, {**may_sync, **(extra_context or {})})

    @admin.display(description="status", ordering="status")
    def state(self, run: PricingUpdate) -> SafeString:
        return state_of(run)

    @admin.display
    def duration(self, run: PricingUpdate) -> str:
        return duration_of(run)

    @admin.display(description="services read")
    def services(self, run: PricingUpdate) -> str:
        return services_of(run)

    @admin.display(description="SKUs withdrawn", ordering="skus_retired")
    def withdrawn(self, run: PricingUpdate) -> int:
        return run.skus_retired

    @admin.display(description="changes", empty_value="-")
    def changes_page(self, run: PricingUpdate) -> SafeString | None:
        address = changes_address(run)
        return format_html('<a href="{}">What changed</a>', address) if address else None


def state_of(run: PricingUpdate) -> SafeString:
    """The status in words and colour; a run without a heartbeat for long has crashed."""
    state = state_name(run)
    return format_html('<span class="state {}">{}</span>', state, state)


def changes_address(run: PricingUpdate) -> str | None:
    """The public page of what the run changed; None if that has not been counted."""
    return reverse("run", args=[run.pk]) if run.changes is not None else None
