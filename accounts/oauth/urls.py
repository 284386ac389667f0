"""The OAuth routes, by hand: the library's own list has self-service clients, introspection, device codes."""

from __future__ import annotations

from django.urls import path
from oauth2_provider.views.metadata import OAuthProtectedResourceMetadataView, OAuthServerMetadataView

from accounts.oauth import endpoints
from accounts.oauth.authorize import AuthorizeView

# The library looks its own routes up under this name.
app_name = "oauth2_provider"

server_metadata = OAuthServerMetadataView.as_view()
resource_metadata = OAuthProtectedResourceMetadataView.as_view()

urlpatterns = [
    # Clients look with the MCP endpoint's path and without it, whichever their version of the spec says.
    path(".well-known/oauth-authorization-server", server_metadata, name="oauth-server-metadata"),
    path(".well-known/oauth-authorization-server/mcp", server_metadata),
    path(".well-known/oauth-protected-resource", resource_metadata),
    path(".well-known/oauth-protected-resource/mcp", resource_metadata),
    path("oauth/authorize", AuthorizeView.as_view(), name="authorize"),
    path("oauth/token", endpoints.token, name="token"),
    path("oauth/revoke", endpoints.revocation, name="revoke-token"),
    path("oauth/register", endpoints.registration, name="dcr-register"),
]
