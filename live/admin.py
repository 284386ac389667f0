"""Live sources in the admin, and what was asked of the clouds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.http import HttpRequest
from django.utils import timezone

from costs.wording import printable
from live.freshness import freshness
from live.models import LiveRequests, LiveRule, LiveSource
from live.providers.registry import CALLS


@admin.register(LiveSource)
class LiveSourceAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "location", "is_enabled", "state", "through", "last_error"]
    list_editable = ["is_enabled"]
    list_filter = ["is_enabled", "kind"]
    search_fields = ["name", "location"]
    fields = [
        "name",
        "kind",
        "location",
        "is_enabled",
        "state",
        "read_at",
        "through",
        "newest_at",
        "last_error",
    ]
    readonly_fields = ["state", "read_at", "through", "newest_at", "last_error"]

    def get_fields(
        self, request: HttpRequest, source: LiveSource | None = None
    ) -> list[Any] | tuple[Any, ...]:
        fields = super().get_fields(request, source)
        return fields if source else [name for name in fields if name not in self.readonly_fields]

    def get_readonly_fields(self, _request: HttpRequest, source: LiveSource | None = None) -> list[str]:
        # Counts name their source, and another location would be another source.
        return [*self.readonly_fields, "name", "kind", "location"] if source else []

    @admin.display
    def state(self, source: LiveSource) -> str:
        if source.kind == CALLS:
            return "Sent to the intake"
        found = freshness(source, timezone.now())
        if found.lag is None:
            return "Not read yet"
        return f"{int(found.lag.total_seconds())} s behind" + (", late" if found.is_late else "")

    @admin.display(empty_value="-")
    def last_error(self, source: LiveSource) -> str | None:
        return printable(source.error) or None


@admin.register(LiveRule)
class LiveRuleAdmin(admin.ModelAdmin):
    """Whoever may change rules here may share one: then all that are told of budgets are told."""

    list_display = [
        "name",
        "owner",
        "above_text",
        "minutes",
        "cloud",
        "model",
        "account",
        "is_shared",
        "is_enabled",
        "made_with",
    ]
    list_filter = ["is_enabled", "is_shared", "cloud"]
    search_fields = ["name", "owner__username", "model"]
    fields = [
        "owner",
        "name",
        "above_text",
        "minutes",
        "cloud",
        "model",
        "account",
        "is_shared",
        "is_enabled",
        "made_with",
    ]
    readonly_fields = ["made_with"]
    list_select_related = ["owner"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.get_internal_type() == "TextField" and not db_field.choices:
            kwargs["widget"] = AdminTextInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(LiveRequests)
class LiveRequestsAdmin(admin.ModelAdmin):
    list_display = ["day", "source", "operation", "calls", "units", "cost"]
    list_filter = ["source"]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _row: LiveRequests | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _row: LiveRequests | None = None) -> bool:
        return False

    @admin.display(description="cost at most, USD", empty_value="not known")
    def cost(self, row: LiveRequests) -> str | None:
        return None if row.cost is None else f"{row.cost.normalize():f}"
