"""Log lines for sign-ins, consents and tokens: an event and its values, never a secret."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import Error, transaction
from django.db.models.signals import post_save
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.models import AuditEvent, Consent, User

logger = logging.getLogger(__name__)

MAX_CHARACTERS = 200
KEPT_FOR = timedelta(days=400)
_ADMIN_EVENTS = {ADDITION: "admin_added", CHANGE: "admin_changed", DELETION: "admin_deleted"}
_PLAIN = re.compile(r"[!#-<>-~]+")  # visible ASCII without the double quote and the equals sign


def line(event: str, **values: object) -> str:
    """The event and its values as `event key=value ...`; values that could break the line are quoted."""
    return " ".join([event, *(f"{name}={_quoted(value)}" for name, value in values.items())])


def log(logger: logging.Logger, event: str, **values: object) -> None:
    """Log an event; a log in JSON has its values as fields too."""
    logger.info(line(event, **values), extra={"event": {"event": event, **values}})


def record(event: str, **values: object) -> None:
    log(logger, event, **values)


def audit(event: str, user: User | int | None, **values: object) -> None:
    """Record an event in the log, and for good in the table that administrators read.

    A database that cannot take it keeps nobody from what they do: the log has it.
    """
    user_id = user.pk if isinstance(user, User) else user
    record(event, user=user_id, **values)
    try:
        with transaction.atomic():
            name = user.username if isinstance(user, User) else _name_of(user_id)
            AuditEvent.objects.create(event=event, user_id=user_id, user=name, details=_bounded(values))
    except Error as error:
        logger.warning("The audit log lacks an event: %s", error)


def forget_old() -> int:
    """Delete audit events of long ago; returns how many there were."""
    deleted, _ = AuditEvent.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted


def _name_of(user_id: int | None) -> str:
    return User.objects.filter(pk=user_id).values_list("username", flat=True).first() or "" if user_id else ""


def _bounded(values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value if isinstance(value, int) else str(value)[:MAX_CHARACTERS]
        for name, value in values.items()
    }


def connect() -> None:
    """Record what Django and the models report of themselves."""
    post_save.connect(_done_in_admin, sender=LogEntry)
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_sign_in_failed)
    post_save.connect(_consented, sender=Consent)
    post_save.connect(_token_made, sender=AccessToken)


def _quoted(value: object) -> str:
    text = str(value)[:MAX_CHARACTERS]
    return text if _PLAIN.fullmatch(text) else json.dumps(text)


def _signed_in(user: User, **_: Any) -> None:
    audit("sign_in", user)


def _signed_out(user: User | None, **_: Any) -> None:
    if user is not None:
        audit("sign_out", user)


def _sign_in_failed(**_: Any) -> None:
    # Not the name: people type their password there by mistake.
    record("sign_in_failed")


def _consented(instance: Consent, **_: Any) -> None:
    audit("consent", instance.user_id, client=instance.client.client_id, name=instance.client.name)


def _token_made(instance: AccessToken, *, created: bool, **_: Any) -> None:
    if not created:
        return
    if instance.application:
        # One at each refresh, many times an hour: the consent is what is kept.
        client = instance.application.client_id
        record("token_made", user=instance.user_id, client=client, token=instance.pk)
    else:
        audit("token_made", instance.user_id, client="personal", token=instance.pk, scope=instance.scope)


def _done_in_admin(instance: LogEntry, *, created: bool, **_: Any) -> None:
    if created:
        kind = f"{instance.content_type}" if instance.content_type_id else ""
        what = {"what": kind, "id": instance.object_id, "name": instance.object_repr}
        audit(
            _ADMIN_EVENTS[instance.action_flag],
            instance.user_id,
            **what,
            change=instance.get_change_message(),
        )
