"""Which of the scopes that a client asks for it gets (RFC 6749 section 3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.conf import settings
from oauth2_provider.scopes import get_scopes_backend

from accounts.models import User

# scope-token in RFC 6749 appendix A.4; "" comes from an empty parameter.
_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]*")


def are_well_formed(scopes: Iterable[str]) -> bool:
    return all(_TOKEN.fullmatch(scope) for scope in scopes)


def grantable(user_id: int) -> frozenset[str]:
    """The scopes that a person may give to clients and tokens now."""
    person = User.objects.filter(pk=user_id, is_active=True).values_list("is_staff", "groups__name")
    rows = list(person)
    if not rows:
        return frozenset()
    is_staff, groups = rows[0][0], {group for _, group in rows}
    restricted = settings.SCOPE_GROUPS
    return frozenset(
        scope
        for scope in get_scopes_backend().get_available_scopes()
        if is_staff or restricted.get(scope) in {None, *groups}
    )


def still_grantable(scope: str, user_id: int) -> str:
    """The scope of a token without what its person may no longer give."""
    scopes = scope.split()
    if settings.SCOPE_GROUPS.keys().isdisjoint(scopes):
        return scope
    allowed = grantable(user_id)
    return " ".join(scope for scope in scopes if scope in allowed)


def narrow(requested: Iterable[str], available: Sequence[str] | None = None) -> list[str]:
    """Reduce the requested scopes to those that can be granted.

    Many clients ask for scopes of OpenID Connect, or for offline_access, wherever they connect.

    Args:
        requested: what the client asks for.
        available: what it may get; by default, the scopes that exist.

    Returns:
        The requested scopes that are available. If there are none, the session's own scopes when `available`
        is given, else those of a client that does not ask for any.
    """
    backend = get_scopes_backend()
    default = backend.get_default_scopes() if available is None else available
    granted = set(requested).intersection(backend.get_available_scopes() if available is None else available)
    return sorted(granted) or list(default)
