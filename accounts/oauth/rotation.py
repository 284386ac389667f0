"""Rotation of refresh tokens, with a short grace for retries (docs/decisions/0005-refresh-grace.md).

A session is a token family: all refresh tokens that descend from one authorization code.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken

from accounts.models import Client

logger = logging.getLogger(__name__)

GRACE = timedelta(seconds=30)


def find(raw: str) -> RefreshToken | None:
    """The refresh token `raw` with its user and access token, whether live or revoked."""
    tokens = RefreshToken.objects.filter(token_checksum=_checksum(raw)).select_related("user", "access_token")
    return tokens.order_by(F("revoked").desc(nulls_first=True)).first()


def is_expired(token: RefreshToken) -> bool:
    """Whether a live token was not used for too long, or its access token was deleted."""
    lifetime = timedelta(seconds=settings.OAUTH2_PROVIDER["REFRESH_TOKEN_EXPIRE_SECONDS"])
    return token.access_token is None or token.access_token.expires + lifetime <= timezone.now()


def claim(token: RefreshToken) -> bool:
    """Rotate a live token: revoke it and delete its access token. Of concurrent requests, one can.

    Call it in the transaction that creates the new pair.
    """
    now = timezone.now()
    live = RefreshToken.objects.filter(pk=token.pk, revoked=None)
    if not live.update(revoked=now, updated=now, access_token=None):
        return False
    access_tokens = AccessToken.objects.filter(pk=token.access_token_id or 0)
    # Nothing else refers to a client's access token, so delete()'s queries for what does are not needed.
    access_tokens._raw_delete(access_tokens.db)  # noqa: SLF001
    return True


def successor(token: RefreshToken) -> AccessToken | None:
    """The access token from the rotation of `token`, if `token` may be used once more; otherwise None.

    It may within GRACE of its rotation, while every refresh token that the session got since is unused.
    Using a token revokes it, and so does signing out.
    """
    rotated = RefreshToken.objects.filter(pk=token.pk, revoked__gt=timezone.now() - GRACE)
    used_since = RefreshToken.objects.filter(
        token_family=token.token_family, pk__gt=OuterRef("refresh_token__pk"), revoked__isnull=False
    )
    # The first pair after `token`: deleted once its own refresh token is used or revoked.
    pair = AccessToken.objects.filter(source_refresh_token__in=rotated, refresh_token__isnull=False)
    return pair.filter(~Exists(used_since)).first()


def end_session(token: RefreshToken) -> None:
    """Revoke every token of the session: two parties may be using one token (RFC 9700 section 4.14.2)."""
    logger.warning("A refresh token was used again; its session was revoked")
    RefreshToken.revoke_family(token.token_family)


def sessions_of(raw: str, client: Client) -> Iterable[UUID | None]:
    """The session of the access or refresh token `raw` of `client`."""
    checksum = _checksum(raw)
    is_token = Q(token_checksum=checksum) | Q(access_token__token_checksum=checksum)
    return RefreshToken.objects.filter(is_token, application=client).values_list("token_family", flat=True)


def _checksum(raw: str) -> str:
    return hashlib.sha256(raw.encode(errors="surrogatepass")).hexdigest()
