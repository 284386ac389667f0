"""The application with the no-op tool, accepting every token without a lookup."""

from __future__ import annotations

from benchmarks.asgi_with_noop import application  # sets Django up, so it comes first

__all__ = ["application"]

from django.conf import settings
from mcp.server.auth.provider import AccessToken

from mcp_api.auth import BearerTokenVerifier


async def verify_token(_verifier: BearerTokenVerifier, token: str) -> AccessToken:
    return AccessToken(
        token=token,
        client_id="benchmark",
        scopes=[settings.MCP_SCOPE],
        resource=settings.MCP_RESOURCE,
        subject="benchmark",
    )


BearerTokenVerifier.verify_token = verify_token  # type: ignore[assignment,method-assign]
