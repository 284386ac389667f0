"""Verification of bearer tokens for the MCP SDK's authentication middleware."""

from __future__ import annotations

import logging
from contextvars import ContextVar

from django.conf import settings
from django.db import Error
from mcp.server.auth.provider import AccessToken, TokenVerifier

from accounts.errors import InvalidTokenError
from accounts.oauth import tokens
from mcp_api import threads
from mcp_api.token_use import record_use
from tools.errors import is_database_fault

logger = logging.getLogger(__name__)
# Why the current request's token is refused. The SDK answers that authentication is required.
refusal: ContextVar[str] = ContextVar("refusal", default="")
# Whether the database could not say if it is valid. A 401 would have clients throw the token away.
is_unchecked: ContextVar[bool] = ContextVar("is_unchecked", default=False)


class BearerTokenVerifier(TokenVerifier):
    """Looks tokens up in accounts; the SDK then checks the scope, audience and expiry."""

    async def verify_token(self, token: str) -> AccessToken | None:
        try:
            bearer = await threads.tokens.run(tokens.verify, token)
        except InvalidTokenError as error:
            logger.info("token_refused")
            refusal.set(error.description)
            return None
        except Error as error:
            if not is_database_fault(error):
                raise
            logger.error("The database failed at the check of a token: %s", error)  # noqa: TRY400 one line
            is_unchecked.set(True)
            return None
        if bearer.is_use_due:
            record_use(bearer.token_id)
        return AccessToken(
            token=token,
            client_id=bearer.client_id or f"personal:{bearer.user_id}",
            scopes=bearer.scope.split(),
            expires_at=int(bearer.expires.timestamp()),
            resource=settings.MCP_RESOURCE,
            subject=str(bearer.user_id),
        )
