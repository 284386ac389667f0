"""Verification of bearer tokens for the MCP SDK's authentication middleware."""

from __future__ import annotations

from django.conf import settings
from mcp.server.auth.provider import AccessToken, TokenVerifier

from accounts.oauth import tokens
from mcp_api import threads


class BearerTokenVerifier(TokenVerifier):
    """Looks tokens up in accounts; the SDK then checks the scope, audience and expiry."""

    async def verify_token(self, token: str) -> AccessToken | None:
        bearer = await threads.tokens.run(tokens.check, token)
        if bearer is None:
            return None
        return AccessToken(
            token=token,
            client_id=bearer.client_id or f"personal:{bearer.user_id}",
            scopes=bearer.scope.split(),
            expires_at=int(bearer.expires.timestamp()),
            resource=settings.MCP_RESOURCE,
            subject=str(bearer.user_id),
        )
