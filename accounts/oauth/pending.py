"""Clients that registered and that nobody agreed to yet.

Anyone can register clients, so their number is limited, in total and by address. Clients in use do not count:
a hosted client registers for all its users from one address.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.errors import TooManyClientsError
from accounts.models import Client

# As long as a consent page is valid: a younger client may be waiting for its person.
KEEP = timedelta(minutes=10)


def add(client: Client, address: str) -> None:
    """Save a new client. The oldest pending ones make room for it.

    Call it in a transaction, so that all workers count together.

    Args:
        client: a validated client.
        address: where the registration came from; only a keyed hash of it is stored, until someone agrees.

    Raises:
        TooManyClientsError: the limit is reached, and no pending client is older than KEEP.
    """
    client.registered_from = salted_hmac(__name__, address, algorithm="sha256").hexdigest()
    pending = Client.objects.exclude(registered_from="")
    _make_room(
        pending.filter(registered_from=client.registered_from), settings.MAX_PENDING_CLIENTS_PER_ADDRESS
    )
    _make_room(pending, settings.MAX_PENDING_CLIENTS)
    client.save()


def confirm(client: Client) -> bool:
    """Note that a person agreed to the client. False if it was deleted meanwhile."""
    return Client.objects.filter(pk=client.pk).update(registered_from="") > 0


def _make_room(pending: QuerySet[Client], limit: int) -> None:
    excess = pending.count() - limit + 1
    if excess <= 0:
        return
    replaceable = pending.filter(disabled=False, created__lte=timezone.now() - KEEP).order_by("created")
    oldest = list(replaceable.values_list("pk", flat=True)[:excess])
    if len(oldest) < excess:
        raise TooManyClientsError(int(KEEP.total_seconds()))
    Client.objects.filter(pk__in=oldest).delete()
