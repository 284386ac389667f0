"""Deletes expired tokens, codes, consents and unused clients."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from oauth2_provider.models import RefreshToken, clear_expired

from accounts.models import Client, Consent, RedeemedCode

# A client whose consents ended may ask again with the ID that it has.
UNUSED_CLIENT_DAYS = 30
# People may set a client up some time before they agree to it.
PENDING_CLIENT_DAYS = 7


def clear() -> dict[str, int]:
    """Delete expired tokens, codes and consents, and unused clients.

    Returns:
        The number of deleted consents, codes and clients. The library only logs its token counts.
    """
    clear_expired()
    now = timezone.now()
    with transaction.atomic():
        consents = Consent.objects.filter(renewed__lte=now - timedelta(days=settings.CONSENT_DAYS))
        # Keep a redeemed code while the session it started can be refreshed, to detect a replay.
        sessions = RefreshToken.objects.filter(token_family__isnull=False).values("token_family")
        codes = RedeemedCode.objects.exclude(token_family__in=sessions)
        return {
            "consents": consents.delete()[0],
            "codes": codes.delete()[0],
            "clients": _unused_clients().delete()[1].get("accounts.Client", 0),
        }


def _unused_clients() -> QuerySet[Client]:
    """Self-registered clients without consents. Disabled ones stay, or they could come back enabled."""
    now = timezone.now()
    is_old = Q(created__lte=now - timedelta(days=UNUSED_CLIENT_DAYS))
    is_pending = ~Q(registered_from="") & Q(created__lte=now - timedelta(days=PENDING_CLIENT_DAYS))
    clients = Client.objects.exclude(registration_source=Client.RegistrationSource.MANUAL)
    return clients.filter(is_old | is_pending, disabled=False, consents=None)
