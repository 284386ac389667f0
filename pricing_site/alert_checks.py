"""System checks for where alerts are sent to."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

# What Standard Webhooks asks of a secret, in bytes.
SECRET_BYTES = range(24, 65)
# Names that lead inside a network.
INSIDE = (".internal", ".local", ".localhost")


def check_alert_urls(**_: Any) -> list[CheckMessage]:
    names = ("ALERT_WEBHOOK_URL", "ALERT_SLACK_URL", "ALERT_ALERTMANAGER_URL")
    wrong = [f"{name} {error}." for name in names if (error := _url_error(getattr(settings, name)))]
    hint = "Set the whole address, with https:// if it is not this machine or inside a private network."
    return [Error(message, hint=hint, id="pricing_site.E006") for message in wrong]


def check_webhook_secret(**_: Any) -> list[CheckMessage]:
    if not settings.ALERT_WEBHOOK_URL or _is_secret(settings.ALERT_WEBHOOK_SECRET):
        return []
    message = "ALERT_WEBHOOK_SECRET is not whsec_ and the base64 of 24 to 64 bytes: nothing could be signed."
    hint = "docs/settings.md has a command that prints one."
    return [Error(message, hint=hint, id="pricing_site.E007")]


def check_email(**_: Any) -> list[CheckMessage]:
    error = _email_error()
    return [Error(error[0], hint=error[1], id="pricing_site.E008")] if error else []


def _email_error() -> tuple[str, str] | None:
    if not settings.EMAIL_HOST:
        is_lost = bool(settings.ALERT_EMAIL_TO)
        return ("ALERT_EMAIL_TO is set, but EMAIL_HOST is not.", "Set the SMTP server.") if is_lost else None
    if not settings.DEFAULT_FROM_EMAIL:
        return "EMAIL_HOST is set, but EMAIL_FROM is not.", "Set who e-mails are from."
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        return "EMAIL_USE_TLS and EMAIL_USE_SSL are both on.", "Set EMAIL_USE_TLS to false for port 465."
    is_clear = not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    if is_clear and settings.EMAIL_HOST_PASSWORD and not is_inside(settings.EMAIL_HOST):
        return "EMAIL_HOST_PASSWORD would be sent in the clear.", "Set EMAIL_USE_TLS or EMAIL_USE_SSL."
    return None


def _url_error(url: str) -> str:
    """What is wrong with an address, to follow its name in a sentence; the address may be a secret."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return "is no address"
    if parts.scheme not in ("http", "https") or not host:
        return "does not start with https:// and a host"
    if parts.scheme == "http" and not is_inside(host):
        return "is not https, so that what you pay would be sent in the clear"
    return ""


def is_inside(host: str) -> bool:
    """Whether a host is this machine, or inside a private network, as far as its name tells."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(INSIDE)


def _is_secret(text: str) -> bool:
    try:
        return len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) in SECRET_BYTES
    except (binascii.Error, ValueError):
        return False


CHECKS = (check_alert_urls, check_webhook_secret, check_email)
