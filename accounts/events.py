"""Log lines for sign-ins, consents and tokens: an event and its values, never a secret."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from oauth2_provider.models import AccessToken

from accounts.models import Consent, User

logger = logging.getLogger(__name__)

MAX_CHARACTERS = 200
_PLAIN = re.compile(r"[!#-<>-~]+")  # visible ASCII without the double quote and the equals sign


def line(event: str, **values: object) -> str:
    """The event and its values as `event key=value ...`; values that could break the line are quoted."""
    return " ".join([event, *(f"{name}={_quoted(value)}" for name, value in values.items())])


def log(logger: logging.Logger, event: str, **values: object) -> None:
    """Log an event; a log in JSON has its values as fields too."""
    logger.info(line(event, **values), extra={"event": {"event": event, **values}})


def record(event: str, **values: object) -> None:
    log(logger, event, **values)


def connect() -> None:
    """Record what Django and the models report of themselves."""
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_sign_in_failed)
    post_save.connect(_consented, sender=Consent)
    post_save.connect(_token_made, sender=AccessToken)


def _quoted(value: object) -> str:
    text = str(value)[:MAX_CHARACTERS]
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _signed_in(user: User, **_: Any) -> None:
    record("sign_in", user=user.pk)


def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        record("sign_out", user=user.pk)


def _sign_in_failed(**_: Any) -> None:
    # Not the name: people type their password there by mistake.
    record("sign_in_failed")


def _consented(instance: Consent, **_: Any) -> None:
    record("consent", user=instance.user_id, client=instance.client.client_id)


def _token_made(instance: AccessToken, *, created: bool, **_: Any) -> None:
    if created:
        client = instance.application.client_id if instance.application else "personal"
        record("token_made", user=instance.user_id, client=client, token=instance.pk)
