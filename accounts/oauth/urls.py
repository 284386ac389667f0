"""The OAuth routes. The library's own list adds self-service clients, introspection and device codes."""

from __future__ import annotations

from django.urls import path
from oauth2_provider.views.metadata import OAuthServerMetadataView

from accounts.oauth import endpoints
from accounts.oauth.authorize import AuthorizeView
from accounts.oauth.resource import ResourceMetadataView

# The library reverses its routes under this name.
app_name = "oauth2_provider"

server_metadata = OAuthServerMetadataView.as_view()
resource_metadata = ResourceMetadataView.as_view()

urlpatterns = [
    # Clients append the MCP endpoint's path or leave it out, depending on their version of the spec.
    path(".well-known/oauth-authorization-server", server_metadata, name="oauth-server-metadata"),
    path(".well-known/oauth-authorization-server/mcp", server_metadata),
    path(".well-known/oauth-protected-resource", resource_metadata),
    path(".well-known/oauth-protected-resource/mcp", resource_metadata),
    path("oauth/authorize", AuthorizeView.as_view(), name="authorize"),
    path("oauth/token", endpoints.token, name="token"),
    path("oauth/revoke", endpoints.revocation, name="revoke-token"),
    path("oauth/register", endpoints.registration, name="dcr-register"),
]
