"""People, clients and tokens in the admin."""

from __future__ import annotations

# Importing from these modules registers the libraries' own admin classes, which ours replace.
from allauth.account.admin import EmailAddress
from allauth.socialaccount.admin import SocialApp, SocialToken
from django.contrib import admin
from oauth2_provider import admin as oauth_admin
from oauth2_provider.models import AccessToken

from accounts.models import Client

# Codes live for a minute, ID tokens are never issued, and a refresh token is revoked with its access token.
admin.site.unregister([oauth_admin.grant_model, oauth_admin.id_token_model, oauth_admin.refresh_token_model])
admin.site.unregister([Client, AccessToken])
# GitHub's credentials are settings; a second set in the database would break sign-in. Email addresses and
# GitHub's tokens are not stored.
admin.site.unregister([EmailAddress, SocialApp, SocialToken])

from accounts.admin import audit, clients, people, tokens  # noqa: E402  # they take the places that are free now

__all__ = ["audit", "clients", "people", "tokens"]
