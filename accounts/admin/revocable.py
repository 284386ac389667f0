"""Rows that only the OAuth flow and commands create, and that administrators revoke."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse


class RevocableAdmin(admin.ModelAdmin):
    """Rows can be viewed and revoked, which deletes them with all that they allow."""

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    actions = ["delete_selected"]
    delete_confirmation_template = "admin/revoke.html"
    delete_selected_confirmation_template = "admin/revoke_selected.html"
    # What the confirmation says of it.
    revoked = ""

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"title": "Revoke", "revoked": self.revoked, **(extra_context or {})}
        return super().delete_view(request, object_id, context)

    # By the name of Django's own, whose place it takes.
    @admin.action(permissions=["delete"], description="Revoke selected %(verbose_name_plural)s")
    def delete_selected(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return delete_selected(self, request, rows)
