"""Access tokens: issuing personal ones, and the check that every /mcp request passes.

The rows are django-oauth-toolkit's: only the SHA-256 of a token is stored, never the token itself. A token
granted to an agent has a client, a personal token has none.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from oauth2_provider.models import AccessToken, set_token_value
from prometheus_client import Counter

from accounts.errors import InvalidTokenError
from accounts.models import UNUSED, PersonalToken, User
from accounts.oauth.scopes import still_grantable

CHECKS = Counter("cloud_pricing_token_checks", "Checks of bearer tokens.", ["outcome"])
CHECKS.labels("failed")  # from the start at 0, so that the first one is an increase
# A fixed prefix lets secret scanners and people recognise a leaked token.
PREFIX = "pricing_"
# Calls only read, except for the first with a personal token and one an hour. Tokens of clients expire before
# they are this old.
LAST_USED_PRECISION = timedelta(hours=1)
# An address that can be shown in a challenge as it is (RFC 6750 section 3).
_QUOTABLE = re.compile(r"https?://[\w.:\[\]/-]{1,200}", re.ASCII)
_CHECKED_COLUMNS = (
    "pk",
    "user_id",
    "user__is_active",
    "application__client_id",
    "application__disabled",
    "scope",
    "resource",
    "expires",
    "created",
    "updated",
)


def issue(user: User, *, days: int, name: str = "", scopes: Iterable[str] = (settings.MCP_SCOPE,)) -> str:
    """Issue a personal access token.

    Args:
        user: the person the token acts for.
        days: days until it expires.
        name: a label to recognise it by.
        scopes: what it may do; the caller checks that the person may give them.

    Returns:
        The token. It cannot be shown again.
    """
    raw = PREFIX + secrets.token_urlsafe(32)
    token = AccessToken(
        user=user,
        expires=timezone.now() + timedelta(days=days),
        scope=" ".join(sorted(scopes)),
        resource=[settings.MCP_RESOURCE],
    )
    set_token_value(token, raw)
    with transaction.atomic():
        token.save()
        PersonalToken.objects.create(token=token, name=name)
    return raw


@dataclass(frozen=True, slots=True)
class Bearer:
    """The sender of a valid token. A personal token has no client.

    `is_use_due` says that `record_use` was not called for the token yet, or over LAST_USED_PRECISION ago.
    """

    user_id: int
    client_id: str | None
    scope: str
    expires: datetime
    token_id: int
    is_use_due: bool


def check(raw: str) -> Bearer | None:
    """The sender of the token `raw`, or None if it is not valid for /mcp now. The caller checks the scope."""
    try:
        return verify(raw)
    except InvalidTokenError:
        return None


def verify(raw: str) -> Bearer:
    """The sender of the token `raw`; counted in CHECKS. The caller checks the scope.

    One indexed SELECT, a second if not everybody may give the scope, and no cache, so that revoking a token,
    disabling its user or client, or taking the person out of a group takes effect at once.

    Raises:
        InvalidTokenError: the token is not valid for /mcp now (RFC 6750 section 3.1).
    """
    outcome = "failed"  # the database
    try:
        bearer = _verified(raw)
        outcome = "valid"
    except InvalidTokenError:
        outcome = "refused"
        raise
    else:
        return bearer
    finally:
        CHECKS.labels(outcome).inc()


def _verified(raw: str) -> Bearer:
    rows = AccessToken.objects.filter(token_checksum=checksum(raw)).values_list(*_CHECKED_COLUMNS, named=True)
    row = next(iter(rows), None)
    # Null without a user or a client. A token needs a user, but not a client.
    if row is None or not row.user__is_active or row.application__disabled:
        raise InvalidTokenError("The token is unknown or was revoked.")
    if row.expires <= (now := timezone.now()):
        raise InvalidTokenError("The token has expired.")
    if settings.MCP_RESOURCES.isdisjoint(row.resource):
        raise InvalidTokenError(_for_another_address(row.resource))
    is_personal = row.application__client_id is None
    is_unused = is_personal and row.updated - row.created <= UNUSED
    is_use_due = is_unused or row.updated < now - LAST_USED_PRECISION
    return Bearer(
        row.user_id,
        row.application__client_id,
        still_grantable(row.scope, row.user_id),
        row.expires,
        token_id=row.pk,
        is_use_due=is_use_due,
    )


def _for_another_address(resource: list[str]) -> str:
    """Who sends the token may know its address: an agent of a local server that moved to another port."""
    address = " ".join(resource)
    made_for = address if _QUOTABLE.fullmatch(address) else "another address"
    return f"The token is for {made_for}, and this server is {settings.MCP_RESOURCE}."


def renew(raw: str, user: User, scopes: Iterable[str]) -> bool:
    """Bind a token to this server's address and to scopes, after either changed.

    False if `user` has no such valid token.
    """
    valid = AccessToken.objects.filter(token_checksum=checksum(raw), user=user, expires__gt=timezone.now())
    return valid.update(resource=[settings.MCP_RESOURCE], scope=" ".join(sorted(scopes))) > 0


def checksum(raw: str) -> str:
    return hashlib.sha256(raw.encode(errors="surrogatepass")).hexdigest()


def record_use(token_id: int) -> None:
    """Record in the row's `updated` that a token was used now. This may wait for another writer."""
    # If the writer, such as a sync, takes too long, the next call records its use.
    with contextlib.suppress(OperationalError):
        AccessToken.objects.filter(pk=token_id).update(updated=timezone.now())
