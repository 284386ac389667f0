"""Access tokens: how one is made, and the one check that every /mcp request passes.

The rows are django-oauth-toolkit's: the token itself is never stored, only its SHA-256. A token that a
person made for scripts has no client; one that an agent was granted has one.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, set_token_value

from accounts.models import PersonalToken, User

# A known start lets secret scanners and people recognise a leaked token.
PREFIX = "pricing_"
# A call reads; only one an hour also writes. Tokens of clients are younger than this when they expire.
USE_NOTED_EVERY = timedelta(hours=1)
_DECIDING = (
    "pk",
    "user_id",
    "user__is_active",
    "application__client_id",
    "application__disabled",
    "scope",
    "resource",
    "expires",
    "updated",
)


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


@dataclass(frozen=True, slots=True)
class Bearer:
    """What a good token says of whoever sends it; a token that a person made for a script has no client."""

    user_id: int
    client_id: str | None
    scope: str
    expires: datetime


def check(raw: str) -> Bearer | None:
    """Who sends `raw`, if it is good for /mcp now (RFC 6750 section 3.1), or None.

    One indexed SELECT of the columns that decide, and nothing cached, so that revoking a token, or disabling
    its user or client, takes effect at once. Whether its scope suffices is the caller's question. The row's
    `updated` says when the token was last used, to USE_NOTED_EVERY.
    """
    checksum = hashlib.sha256(raw.encode(errors="surrogatepass")).hexdigest()
    rows = AccessToken.objects.filter(token_checksum=checksum).values_list(*_DECIDING, named=True)
    row = next(iter(rows), None)
    if row is None or row.expires <= (now := timezone.now()) or settings.MCP_RESOURCE not in row.resource:
        return None
    # Null where there is no user or no client: a token needs the one, and not the other.
    if not row.user__is_active or row.application__disabled:
        return None
    if row.updated < now - USE_NOTED_EVERY:
        _note_use(row.pk, now)
    return Bearer(row.user_id, row.application__client_id, row.scope, row.expires)


def _note_use(pk: int, now: datetime) -> None:
    # A sync may be writing for longer than a call can wait; then the next call notes it.
    with contextlib.suppress(OperationalError):
        AccessToken.objects.filter(pk=pk).update(updated=now)
