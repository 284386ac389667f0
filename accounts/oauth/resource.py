"""The protected resource, /mcp, and the addresses that name it (RFC 8707, RFC 9728)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from oauth2_provider.views.metadata import OAuthProtectedResourceMetadataView


class ResourceMetadataView(OAuthProtectedResourceMetadataView):
    """The metadata document. Its `resource` is the address that was asked for (RFC 9728 section 3.3)."""

    def get_resource(self, request: HttpRequest) -> str:
        return resource_at(request.get_host())


def resource_at(host: str) -> str:
    """The address of /mcp at `host`, as in a Host header; its usual address if that is another server's.

    A local server is reached as 127.0.0.1, localhost and [::1], and clients refuse a document that does not
    name the address they know. A public server has one address.
    """
    scheme = settings.PUBLIC_URL.partition("://")[0]
    resource = f"{scheme}://{host.lower()}/mcp"
    return resource if resource in settings.MCP_RESOURCES else settings.MCP_RESOURCE


def is_our_resource(uri: str) -> bool:
    """Whether a resource indicator is our /mcp, which is served with and without a trailing slash."""
    return uri.removesuffix("/") in settings.MCP_RESOURCES
