"""The audit log in the admin: to read, and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(admin.ModelAdmin):
    list_display = ["at", "event", "user", "told"]
    list_filter = ["event"]
    search_fields = ["user", "event"]
    date_hierarchy = "at"
    ordering = ["-id"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    empty_note = "Sign-ins, consents, tokens and what administrators change will be here."

    @admin.display(description="details")
    def told(self, event: AuditEvent) -> str:
        return " · ".join(f"{name} {value}" for name, value in event.details.items() if value)

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False
