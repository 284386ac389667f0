"""A webhook, signed as Standard Webhooks says (standardwebhooks.com), so that libraries verify it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import timedelta

from catalog.pricing.answers import utc_text
from costs.alerts.channels.base import Outgoing
from costs.alerts.channels.http import body_of, post

PREFIX = "whsec_"


class Webhook:
    """Posts to a webhook.

    Args:
        url: its address.
        secret: what it is signed with: whsec_ and base64.
    """

    # It has the id of the message.
    knows_repeats = True
    repeats_every: timedelta | None = None

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._secret = secret

    def reaches(self, _owners: Sequence[str], *, is_personal: bool = False) -> bool:
        return not is_personal

    def send(self, outgoing: Outgoing) -> None:
        message = outgoing.message
        body = body_of(
            {
                "type": f"alert.{message['event']}",
                "timestamp": utc_text(outgoing.created_at),
                "data": {"contract": "1", **message},
            }
        )
        at = f"{int(outgoing.now.timestamp())}"
        headers = {
            "webhook-id": outgoing.key,
            "webhook-timestamp": at,
            "webhook-signature": signature(self._secret, outgoing.key, at, body),
            "Idempotency-Key": outgoing.key,
        }
        post(self._url, body, headers)


def signature(secret: str, key: str, at: str, body: bytes) -> str:
    """The signature of a message, over its id, its time and its body."""
    signed = b".".join([key.encode(), at.encode(), body])
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
