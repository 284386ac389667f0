"""Settings that do not fit together, said in words before anything is served."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as CheckWarning

SECRET_KEY_MIN_LENGTH = 50


def check_secret_key(**_: Any) -> list[CheckMessage]:
    if settings.IS_LOCAL or len(settings.SECRET_KEY) >= SECRET_KEY_MIN_LENGTH:
        return []
    message = f"SECRET_KEY is shorter than {SECRET_KEY_MIN_LENGTH} characters."
    hint = "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    return [Error(message, hint=hint, id="pricing_site.E001")]


def check_debug(**_: Any) -> list[CheckMessage]:
    if settings.IS_LOCAL or not settings.DEBUG:
        return []
    message = "DEBUG is on while PUBLIC_URL is not this machine: error pages would show the inside to anyone."
    return [Error(message, hint="Leave DEBUG out.", id="pricing_site.E002")]


def check_public_url(**_: Any) -> list[CheckMessage]:
    fault = _fault_of(settings.PUBLIC_URL)
    hint = "Set an origin alone, for example https://pricing.example.com."
    return [Error(f"PUBLIC_URL {fault}.", hint=hint, id="pricing_site.E003")] if fault else []


def check_sync(**_: Any) -> list[CheckMessage]:
    is_part = 0 <= settings.SYNC_TASK_INDEX < settings.SYNC_TASK_COUNT
    if is_part and settings.SYNC_REQUESTS_PER_MINUTE > 0:
        return []
    message = "The sync could not send a request, or would skip services."
    hint = "SYNC_REQUESTS_PER_MINUTE is at least 1, CLOUD_RUN_TASK_INDEX less than CLOUD_RUN_TASK_COUNT."
    return [Error(message, hint=hint, id="pricing_site.E004")]


def check_sign_in(**_: Any) -> list[CheckMessage]:
    if settings.HAS_GITHUB:
        return []
    hint = "Make an OAuth app at github.com/settings/developers and set both of its values."
    if settings.GITHUB_CLIENT_ID or settings.GITHUB_CLIENT_SECRET:
        message = "Only one of GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET is set."
        return [Error(message, hint=hint, id="pricing_site.E005")]
    if settings.IS_LOCAL:
        return []
    message = "GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET are not set: nobody can sign in."
    return [CheckWarning(message, hint=hint, id="pricing_site.W001")]


def check_proxies(**_: Any) -> list[CheckMessage]:
    if settings.IS_LOCAL or settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        return []
    message = "TRUSTED_PROXIES is 0: limits by address would count all people behind the proxy as one."
    hint = "Set how many proxies append to X-Forwarded-For: 1 on Cloud Run."
    return [CheckWarning(message, hint=hint, id="pricing_site.W002")]


def _fault_of(url: str) -> str:
    """What is wrong with a PUBLIC_URL, as the rest of a sentence; nothing where it is right."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "does not start with https:// and a host (or http:// on this machine)"
    if url != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        return "holds more than scheme, host and port"
    if parts.scheme == "http" and not settings.IS_LOCAL:
        return "is not https, so tokens would travel in the clear"
    return ""
