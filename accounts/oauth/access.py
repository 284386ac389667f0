"""The clients and tokens that act for a person, and their revocation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from oauth2_provider.models import AccessToken, Grant, RefreshToken, revoke_access_token

from accounts import events, redirects
from accounts.models import Client, Consent, PersonalToken, User
from accounts.oauth import tokens

LOCAL_PROGRAM = "a program on your device"


@dataclass(frozen=True, slots=True)
class ClientAccess:
    """A client that may act for a person."""

    client: Client
    since: datetime
    last_used: datetime | None

    @property
    def returns_to(self) -> list[str]:
        """Who gets its codes: the hosts of its redirect URIs, or a program on the person's device."""
        uris = self.client.redirect_uris.split()
        hosts = (LOCAL_PROGRAM if redirects.is_loopback(uri) else redirects.host_of(uri) for uri in uris)
        return list(dict.fromkeys(hosts))


def clients(user: User) -> list[ClientAccess]:
    """The clients that `user` agreed to, newest first.

    A client's access tokens live for minutes, so the creation of the last one is its last use.
    """
    issued = AccessToken.objects.filter(user=user, application__isnull=False).order_by()
    last_used = dict(issued.values_list("application").annotate(Max("created")))
    consents = Consent.objects.filter(user=user).select_related("client").order_by("-since")
    return [ClientAccess(c.client, c.since, last_used.get(c.client_id)) for c in consents]


def personal_tokens(user: User) -> QuerySet[PersonalToken]:
    """The unexpired tokens that `user` created, newest first."""
    unexpired = PersonalToken.objects.filter(token__user=user, token__expires__gt=timezone.now())
    return unexpired.select_related("token").order_by("-pk")


@transaction.atomic
def revoke_clients(user: User, *clients: Client) -> None:
    """Revoke `clients`' access to `user` at once: consents, codes and tokens."""
    Consent.objects.filter(user=user, client__in=clients).delete()
    Grant.objects.filter(user=user, application__in=clients).delete()
    RefreshToken.objects.filter(user=user, application__in=clients).delete()
    AccessToken.objects.filter(user=user, application__in=clients).delete()
    for client in clients:
        events.audit("consent_revoked", user, client=client.client_id, name=client.name)


def revoke_personal_token(user: User, pk: int) -> None:
    for token in AccessToken.objects.filter(user=user, personal__pk=pk):
        events.audit("token_revoked", user, client="personal", token=token.pk)
        token.delete()


def revoke_personal_tokens(user: User, *, name: str, keep: str) -> None:
    """Revoke the personal tokens of this name, except for the token `keep`."""
    named = PersonalToken.objects.filter(token__user=user, name=name)
    for pk in named.exclude(token__token_checksum=tokens.checksum(keep)).values_list("pk", flat=True):
        revoke_personal_token(user, pk)


def revoke_with_session(token: AccessToken) -> None:
    """Revoke an access token and, if a client has it, every other token of the same session."""
    family = RefreshToken.objects.filter(access_token=token).values_list("token_family", flat=True).first()
    revoke_access_token(token)
    RefreshToken.revoke_family(family)
