"""The bearer token of a request to /mcp, for the MCP SDK's authentication middleware."""

from __future__ import annotations

from django.conf import settings
from mcp.server.auth.provider import AccessToken, TokenVerifier

from accounts.oauth import tokens
from mcp_api import threads


class BearerTokenVerifier(TokenVerifier):
    """Asks accounts for the token; the SDK compares scope, audience and expiry with what comes back."""

    async def verify_token(self, token: str) -> AccessToken | None:
        row = await threads.run(tokens.check, token)
        if row is None:
            return None
        return AccessToken(
            token=token,
            client_id=row.application.client_id if row.application else f"personal:{row.user_id}",
            scopes=row.scope.split(),
            expires_at=int(row.expires.timestamp()),
            resource=settings.MCP_RESOURCE,
            subject=str(row.user_id),
        )
