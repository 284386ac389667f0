"""What nobody can use any more goes."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from oauth2_provider.models import RefreshToken, clear_expired

from accounts.models import Client, Consent, RedeemedCode

# A client may sit in somebody's settings for a while before it is used.
UNUSED_CLIENT_DAYS = 30


def clear() -> dict[str, int]:
    """Delete what has expired: tokens, codes, consents, and clients that nobody lets act for them.

    Returns:
        How many consents, codes and clients went; the library does not say it of its tokens.
    """
    clear_expired()
    now = timezone.now()
    with transaction.atomic():
        consents = Consent.objects.filter(renewed__lte=now - timedelta(days=settings.CONSENT_DAYS))
        # A code is watched for replay as long as a session that it began can be refreshed.
        sessions = RefreshToken.objects.filter(token_family__isnull=False).values("token_family")
        codes = RedeemedCode.objects.exclude(token_family__in=sessions)
        return {
            "consents": consents.delete()[0],
            "codes": codes.delete()[0],
            "clients": _unused_clients().delete()[1].get("accounts.Client", 0),
        }


def _unused_clients() -> QuerySet[Client]:
    """Clients that came by themselves. A disabled one stays, or it would come back enabled."""
    cutoff = timezone.now() - timedelta(days=UNUSED_CLIENT_DAYS)
    clients = Client.objects.exclude(registration_source=Client.RegistrationSource.MANUAL)
    return clients.filter(disabled=False, consents=None, created__lte=cutoff)
