"""People, clients and tokens in the admin."""

from __future__ import annotations

from typing import Any

# Importing from these modules registers the libraries' own admin classes, which the ones below replace.
from allauth.account.admin import EmailAddress
from allauth.socialaccount.admin import SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from oauth2_provider import admin as oauth_admin
from oauth2_provider.models import AccessToken

from accounts.models import Client, User
from accounts.oauth import access

admin.site.register(User, UserAdmin)
# Codes live for a minute, ID tokens are never issued, and a refresh token is revoked with its access token.
admin.site.unregister([oauth_admin.grant_model, oauth_admin.id_token_model, oauth_admin.refresh_token_model])
admin.site.unregister([Client, AccessToken])
# GitHub's credentials are settings; a second set in the database would break sign-in. Email addresses and
# GitHub's tokens are not stored.
admin.site.unregister([EmailAddress, SocialApp, SocialToken])


class DeleteOnlyAdmin(admin.ModelAdmin):
    """Rows can be viewed and deleted. Only the OAuth flow and commands create them."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False


@admin.register(Client)
class ClientAdmin(DeleteOnlyAdmin):
    list_display = ["__str__", "client_id", "client_type", "registration_source", "created", "disabled"]
    list_filter = ["disabled", "registration_source", "client_type"]
    search_fields = ["name", "client_id"]
    readonly_fields = [
        "name",
        "client_id",
        "client_type",
        "authorization_grant_type",
        "redirect_uris",
        "registration_source",
        "created",
    ]
    fields = ["disabled", *readonly_fields]

    def has_change_permission(self, *args: Any) -> bool:
        return admin.ModelAdmin.has_change_permission(self, *args)


@admin.register(AccessToken)
class AccessTokenAdmin(DeleteOnlyAdmin):
    list_display = ["id", "user", "application", "scope", "created", "expires"]
    list_select_related = ["user", "application"]
    ordering = ["-id"]
    search_fields = ["user__username", "application__name", "application__client_id__exact"]
    fields = ["user", "application", "scope", "resource", "created", "expires"]

    # Deleting only the row would leave refresh tokens, which can be exchanged for a new access token.
    def delete_model(self, _request: HttpRequest, token: AccessToken) -> None:
        access.revoke_with_session(token)

    def delete_queryset(self, _request: HttpRequest, tokens: QuerySet[AccessToken]) -> None:
        for token in tokens:
            access.revoke_with_session(token)
