"""OAuth clients in the admin."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from oauth2_provider.models import AccessToken

from accounts.admin.revocable import RevocableAdmin
from accounts.models import Client, Consent


@admin.register(Client)
class ClientAdmin(RevocableAdmin):
    list_display = ["__str__", "people", "last_used", "registration_source", "created", "state"]
    list_filter = ["disabled", "registration_source", "client_type"]
    search_fields = ["name", "client_id"]
    empty_note = "No client has registered yet. One does when somebody adds this server to it (/connect/)."
    revoked = (
        "It loses its registration and all access, and must ask each person again. To refuse it, disable it."
    )
    readonly_fields = [
        "name",
        "client_id",
        "client_type",
        "authorization_grant_type",
        "redirect_uris",
        "registration_source",
        "created",
        "people",
        "last_used",
    ]
    fields = ["disabled", *readonly_fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        """With the number of its people, and when it last got a token: those live for minutes."""
        consents = Consent.objects.filter(client=OuterRef("pk")).order_by().values("client")
        tokens = AccessToken.objects.filter(application=OuterRef("pk")).order_by().values("application")
        found: QuerySet[Client] = super().get_queryset(request)
        return found.annotate(
            people_count=Coalesce(Subquery(consents.annotate(n=Count("pk")).values("n")), 0),
            last_token=Subquery(tokens.annotate(last=Max("created")).values("last")),
        )

    def has_change_permission(self, *args: Any) -> bool:
        return admin.ModelAdmin.has_change_permission(self, *args)

    @admin.display(description="acts for people", ordering="people_count")
    def people(self, client: Client) -> int:
        return int(getattr(client, "people_count"))  # noqa: B009  # unknown to mypy

    @admin.display(ordering="disabled")
    def state(self, client: Client) -> str:
        return "disabled" if client.disabled else "allowed"

    @admin.display(description="last used", ordering="last_token", empty_value="not lately")
    def last_used(self, client: Client) -> datetime | None:
        found: datetime | None = getattr(client, "last_token")  # noqa: B009  # unknown to mypy
        return found
