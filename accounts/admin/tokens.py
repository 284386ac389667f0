"""Access tokens in the admin."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from oauth2_provider.models import AccessToken

from accounts.admin.revocable import RevocableAdmin
from accounts.models import UNUSED
from accounts.oauth import access


@admin.register(AccessToken)
class AccessTokenAdmin(RevocableAdmin):
    list_display = ["holder", "user", "last_used", "scope", "created", "expires"]
    list_select_related = ["user", "application", "personal"]
    ordering = ["-id"]
    search_fields = ["user__username", "application__name", "application__client_id__exact"]
    fields = ["holder", "user", "application", "scope", "resource", "last_used", "created", "expires"]
    readonly_fields = ["holder", "last_used"]
    empty_note = (
        "There are no tokens yet. A client gets one when somebody agrees to it, and people make their own "
        "on their account page."
    )
    revoked = "It is refused from now on, and so are the other tokens of its session."

    @admin.display(description="token")
    def holder(self, token: AccessToken) -> str:
        if token.application:
            return f"of {token.application}"
        personal = getattr(token, "personal", None)
        return f"personal: {personal.name or 'unnamed'}" if personal else "personal"

    @admin.display(description="last used", empty_value="never")
    def last_used(self, token: AccessToken) -> datetime | None:
        """To the hour. A client's token lives for minutes, so its creation is its use."""
        if token.application_id:
            return token.created
        return token.updated if token.updated - token.created > UNUSED else None

    # Deleting only the row would leave refresh tokens, which can be exchanged for a new access token.
    def delete_model(self, _request: HttpRequest, token: AccessToken) -> None:
        access.revoke_with_session(token)

    def delete_queryset(self, _request: HttpRequest, tokens: QuerySet[AccessToken]) -> None:
        for token in tokens:
            access.revoke_with_session(token)
