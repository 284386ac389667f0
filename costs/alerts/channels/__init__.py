"""Where messages are sent to. The settings say which of them there are (docs/settings.md)."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from costs.alerts.channels.alertmanager import Alertmanager
from costs.alerts.channels.base import Channel, NotSentError, Outgoing, UnreachableError, UnsureError
from costs.alerts.channels.email import Email
from costs.alerts.channels.slack import Slack
from costs.alerts.channels.webhook import Webhook

__all__ = ["Channel", "NotSentError", "Outgoing", "UnreachableError", "UnsureError", "channels"]


def channels() -> Mapping[str, Channel]:
    """The channels that are set up, by name."""
    found: dict[str, Channel] = {}
    if settings.ALERT_WEBHOOK_URL:
        found["webhook"] = Webhook(settings.ALERT_WEBHOOK_URL, settings.ALERT_WEBHOOK_SECRET)
    if settings.ALERT_SLACK_URL:
        found["slack"] = Slack(settings.ALERT_SLACK_URL)
    if settings.ALERT_ALERTMANAGER_URL:
        found["alertmanager"] = Alertmanager(settings.ALERT_ALERTMANAGER_URL)
    if settings.EMAIL_HOST:
        found["email"] = Email(settings.ALERT_EMAIL_TO)
    return found
