"""Access tokens: how one is made, and the one check that every /mcp request passes.

The rows are django-oauth-toolkit's: the token itself is never stored, only its SHA-256. A token that a
person made for scripts has no client; one that an agent was granted has one.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, set_token_value

from accounts.models import PersonalToken, User

# A known start lets secret scanners and people recognise a leaked token.
PREFIX = "pricing_"
# A call reads; only one an hour also writes. Tokens of clients are younger than this when they expire.
USE_NOTED_EVERY = timedelta(hours=1)


def issue(user: User, *, days: int, name: str = "") -> str:
    """Make a personal access token.

    Args:
        user: whom the token speaks for.
        days: how long it is valid.
        name: what the person calls it, to know it again.

    Returns:
        The token. It cannot be shown again.
    """
    raw = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken(
        user=user,
        expires=timezone.now() + timedelta(days=days),
        scope=settings.MCP_SCOPE,
        resource=[settings.MCP_RESOURCE],
    )
    set_token_value(token, raw)
    with transaction.atomic():
        token.save()
        PersonalToken.objects.create(token=token, name=name)
    return raw


def check(raw: str) -> AccessToken | None:
    """The token row behind `raw`, if it is good for /mcp now (RFC 6750 section 3.1), or None.

    One indexed SELECT and nothing cached, so that revoking a token, or disabling its user or client,
    takes effect at once. Whether its scope suffices is the caller's question. The row's `updated` says when
    the token was last used, to USE_NOTED_EVERY.
    """
    checksum = hashlib.sha256(raw.encode(errors="surrogatepass")).hexdigest()
    tokens = AccessToken.objects.select_related("user", "application")
    token = tokens.filter(token_checksum=checksum).first()
    if token is None or token.is_expired() or settings.MCP_RESOURCE not in token.resource:
        return None
    if token.user is None or not token.user.is_active:
        return None
    if token.application is not None and not token.application.is_usable(None):
        return None
    if token.updated < timezone.now() - USE_NOTED_EVERY:
        _note_use(token)
    return token


def _note_use(token: AccessToken) -> None:
    # A sync may be writing for longer than a call can wait; then the next call notes it.
    with contextlib.suppress(OperationalError):
        AccessToken.objects.filter(pk=token.pk).update(updated=timezone.now())
